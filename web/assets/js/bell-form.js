// How one wants to be told: the browser's permission, which only a button asks for, trying sounds, and keeping it.
import { act } from "./act.js";
import { toast } from "./say.js";
import { send } from "./send.js";
import { t } from "./words.js";

const form = document.querySelector("[data-bell-form]");

function tellState() {
  const state = globalThis.Notification?.permission ?? "none";
  const line = form.querySelector("[data-bell-state]");
  const words = line.querySelector("[data-bell-words]");
  words.textContent = words.dataset[state];
  line.className = `notice ${{ granted: "ok", denied: "warn" }[state] ?? "info"}`;
  line.querySelector("button").hidden = state !== "default";
  line.hidden = false;
}

// As the server keeps it, so that all tabs go by it at once.
function chosen() {
  const { elements } = form;
  const minute = (name) => elements[name].value.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  const rings = {};
  for (const field of elements) {
    const kind = field.name.match(/^(\w+)_tone$/)?.[1];
    if (kind) rings[kind] = { desktop: elements[`${kind}_desktop`].checked, tone: field.value || null };
  }
  const days = [1, 2, 3, 4, 5, 6, 7].filter((day) => elements[`day_${day}`].checked);
  const quiet = elements.quiet.checked ? { from: minute("quiet_from"), until: minute("quiet_until"), days, offers: elements.quiet_offers.checked } : null;
  return { rings, volume: Number(elements.volume.value), text: elements.text.checked, here: elements.here.checked, quiet };
}

/** Run the form; `tell` is handed what was kept. */
export function start(tell) {
  tellState();
  act("bell-allow", async () => {
    await Notification.requestPermission();
    tellState();
    form.querySelector('[type="submit"]').focus();
  });
  act("bell-try", async ({ dataset }) => {
    const { rings, volume } = chosen();
    const { desktop, tone } = rings[dataset.try];
    if (tone) import("./tones.js").then(({ play }) => play(tone, volume));
    if (desktop && globalThis.Notification?.permission === "granted") new Notification("Bandeja", { body: t("bell-tried"), tag: "bandeja-try", silent: true });
  });
  navigator.permissions?.query({ name: "notifications" }).then((status) => (status.onchange = tellState), () => {});
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector('[type="submit"]');
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    const answer = await send("POST", form.getAttribute("action"), Object.fromEntries(new FormData(form)));
    button.removeAttribute("aria-busy");
    const error = form.querySelector("[data-bell-error]");
    error.hidden = answer.ok;
    if (!answer.ok) return (error.textContent = answer.error?.message ?? t("failed"));
    tell(chosen());
    toast(t("bell-saved"));
  });
}
