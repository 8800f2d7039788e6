// Administration of channels: copying, being patient, sending a picture, following a test. Loaded on its pages only.
import { act } from "./act.js";
import { announce, fragment } from "./patch.js";
import { toast } from "./say.js";
import { get } from "./send.js";
import { t } from "./words.js";

act("copy", async (button) => {
  try {
    await navigator.clipboard.writeText(button.dataset.text);
    toast(t("copied"));
  } catch {
    getSelection()?.selectAllChildren(button.previousElementSibling);
  }
});

// Vendors take seconds to answer; a second press would ask them twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.confirm && !confirm(form.dataset.confirm)) return event.preventDefault();
  if (!("busy" in form.dataset)) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "true";
  form.querySelector('[type="submit"]')?.setAttribute("aria-busy", "true");
});

// Coming back with the browser's button finds the form as it was left.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelector('[type="submit"]')?.removeAttribute("aria-busy");
  }
});

// A number by which a state knows people is hidden, whoever made the field: the tick says so while the kind is chosen.
document.addEventListener("change", ({ target }) => {
  const tick = target.form?.elements.sensitive;
  if (target.name !== "kind" || !tick) return;
  const must = target.value.startsWith("national_id:");
  if (must !== tick.disabled) tick.checked = must || tick.defaultChecked;
  tick.disabled = must;
});

document.addEventListener("change", async ({ target }) => {
  const url = target.dataset?.picture;
  const [file] = target.files ?? [];
  if (!url || !file) return;
  const csrf = document.querySelector('meta[name="csrf"]')?.content ?? "";
  try {
    const answer = await fetch(url, { method: "PUT", body: file, headers: { "X-CSRF": csrf, "HX-Request": "true" } });
    if (answer.ok) location.assign(`${location.pathname}?done=picture`);
    else toast((await answer.json()).message, { loud: true });
  } catch {
    toast(t("failed"), { loud: true });
  }
  target.value = "";
});

// A test message is watched for three minutes at most.
const until = Date.now() + 180_000;
async function follow() {
  const steps = document.querySelector("[data-follow]");
  if (!steps || steps.dataset.over === "true" || Date.now() > until) return;
  const answer = await get(steps.dataset.follow);
  // The next look may reach the server again.
  const next = answer.ok && fragment(answer.text).firstElementChild;
  if (next && next.textContent !== steps.textContent) {
    steps.replaceWith(next);
    announce([next]);
  }
  setTimeout(follow, 1000);
}
follow();
