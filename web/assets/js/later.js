// An answer that goes out later: planned in a dialog, shown under the thread until then.
import { act } from "./act.js";
import { openConversation } from "./panes.js";
import { fragment } from "./patch.js";
import { toast } from "./say.js";
import { json, send } from "./send.js";
import { t } from "./words.js";

let plan = null;
const dialog = () => document.getElementById("later");

/** Plan what was written; `done` is called when it is planned. */
export async function later(conv, body, replyTo, done) {
  dialog()?.remove();
  const answer = await fetch(`/conversations/${conv}/later`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) return toast(t("failed"), { loud: true });
  document.getElementById("inbox").append(fragment(await answer.text()));
  plan = { conv, body, replyTo, done, client: crypto.randomUUID() };
  dialog().addEventListener("close", () => dialog().remove());
  dialog().querySelector("form").addEventListener("submit", submit);
  dialog().showModal();
}

async function submit(event) {
  event.preventDefault();
  const button = event.target.querySelector('[type="submit"]');
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  const { conv, body, replyTo, client, done } = plan;
  const fields = { client_id: client, content: { kind: "text", body }, at: event.target.elements.at.value, ...(replyTo && { reply_to: replyTo }) };
  const answer = await send("POST", `/conversations/${conv}/planned`, fields, client);
  button.removeAttribute("aria-busy");
  if (answer.ok) {
    dialog().close();
    toast(t("planned"));
    return done();
  }
  const notice = dialog().querySelector(".notice");
  notice.querySelector("[data-why]").textContent = answer.error?.message ?? t("failed");
  notice.querySelector('[data-act="later-template"]').hidden = answer.error?.code !== "beyond_window";
  notice.hidden = false;
}

act("later-close", () => dialog().close());
act("later-often", ({ dataset }) => (dialog().querySelector('[name="at"]').value = dataset.at));
act("later-template", () => {
  dialog().close();
  document.querySelector('[data-act="pick"]')?.click();
});

/** What a button of a planned answer does. */
export async function change(button, what) {
  const { plan: id } = button.dataset;
  const [method, path] = what === "now" ? ["POST", `/planned/${id}/send`] : ["DELETE", `/planned/${id}`];
  const words = button.closest(".plan").querySelector("[data-words]").textContent;
  button.setAttribute("aria-busy", "true");
  const answer = await send(method, path);
  button.removeAttribute("aria-busy");
  if (!answer.ok) return toast(answer.error?.message ?? t("failed"), { loud: true });
  if (what !== "edit") return;
  const field = document.getElementById("draft");
  if (!field || !openConversation()) return;
  field.value = [words, field.value.trim()].filter(Boolean).join("\n");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}
