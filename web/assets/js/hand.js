// Two dialogs of the open conversation, fetched when they are asked for: handing it on, and why it is where it is.
import { act } from "./act.js";
import { key } from "./keys.js";
import { openConversation } from "./panes.js";
import { announce, fragment } from "./patch.js";
import { toast } from "./say.js";
import { send } from "./send.js";
import { t } from "./words.js";

let opener = null;

async function show(button, name) {
  const id = openConversation();
  if (!id || button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  const answer = await fetch(`/conversations/${id}/${name}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  button.removeAttribute("aria-busy");
  if (!answer?.ok) return toast(t(answer?.status === 404 ? "gone" : "failed"), { loud: true });
  document.getElementById(name)?.remove();
  document.body.append(fragment(await answer.text()));
  const dialog = document.getElementById(name);
  opener = button;
  announce([dialog]);
  dialog.showModal();
  dialog.querySelector("h2").focus();
  dialog.addEventListener("close", () => {
    dialog.remove();
    (opener?.isConnected ? opener : document.getElementById("thread-title"))?.focus();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
}
act("transfer", (button) => show(button, "transfer"));
act("why", (button) => show(button, "why"));
act("dialog-close", (button) => button.closest("dialog").close());
key("a", () => {
  const button = document.querySelector('[data-act="transfer"]');
  return button?.checkVisibility() ? button.click() : false;
});

const plain = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
document.addEventListener("input", ({ target }) => {
  if (!target.matches?.("[data-transfer-search]")) return;
  const wanted = plain(target.value.trim());
  for (const line of target.closest("dialog").querySelectorAll(".transfer-to")) {
    line.hidden = Boolean(wanted) && !plain(line.textContent).includes(wanted);
  }
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.dataset?.actSubmit !== "transfer") return;
  event.preventDefault();
  const button = form.querySelector('[type="submit"]');
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  const answer = await send("POST", `/conversations/${form.dataset.conversation}/transfer`, Object.fromEntries(new FormData(form)));
  button.removeAttribute("aria-busy");
  if (answer.ok) {
    document.dispatchEvent(new CustomEvent("handed", { detail: form.dataset.conversation }));
    form.closest("dialog").close();
    return toast(t(JSON.parse(answer.text).handed === "offered" ? "handed-offered" : "handed-waits"));
  }
  const words = answer.error?.message ?? t("failed");
  const error = form.querySelector("[data-transfer-error]");
  error.querySelector("span").textContent = words;
  error.hidden = false;
});
