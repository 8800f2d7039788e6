// An answer that goes out later: planned in a dialog, shown under the thread until then.
import { act } from "./act.js";
import { reply } from "./composer.js";
import { read, write } from "./drafts.js";
import { bring } from "./tray.js";
import { openConversation } from "./panes.js";
import { fragment } from "./patch.js";
import { toast } from "./say.js";
import { get, send } from "./send.js";
import { t } from "./words.js";

let plan = null;
// The time that was chosen for words, when a template goes instead.
let meant = null;
const dialog = () => document.getElementById("later");

/**
 * Plan what was written: one message or several, in order; `done` is called when it is planned. A template may go at any
 * time.
 */
export async function later(conv, contents, { replyTo = null, template = false, wanted, done }) {
  const answer = await get(`/conversations/${conv}/later?template=${template}`);
  if (!wanted() || conv !== openConversation()) return;
  if (!answer.ok) return toast(t("failed"), { loud: true });
  dialog()?.remove();
  document.getElementById("inbox").append(fragment(answer.text));
  plan = { conv, parts: contents.map((content) => ({ client_id: crypto.randomUUID(), content })), replyTo, done };
  if (template && meant?.conv === conv) at().value = meant.at;
  dialog().addEventListener("close", () => dialog().remove());
  dialog().querySelector("form").addEventListener("submit", submit);
  dialog().querySelector("form").addEventListener("input", tell);
  dialog().showModal();
}
const at = () => dialog().querySelector('[name="at"]');

// After the end of the reply window a template is the way: said before anything is refused.
function tell() {
  const { closes, beyond } = dialog().querySelector("form").dataset;
  const late = Boolean(closes) && at().value >= closes;
  notice(late ? beyond : "", late);
}

function notice(why, template) {
  const line = dialog().querySelector(".notice");
  line.querySelector("[data-why]").textContent = why;
  line.querySelector('[data-act="later-template"]').hidden = !template || !document.querySelector('#composer [data-act="pick"]');
  line.hidden = !why;
}

async function submit(event) {
  event.preventDefault();
  const button = event.target.querySelector('[type="submit"]');
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  const { conv, parts, replyTo, done } = plan;
  const [first, ...more] = parts;
  const fields = { ...first, more, at: at().value, ...(replyTo && { reply_to: replyTo }) };
  const answer = await send("POST", `/conversations/${conv}/planned`, fields, first.client_id);
  button.removeAttribute("aria-busy");
  if (!answer.ok) return notice(answer.error?.message ?? t("failed"), answer.error?.code === "beyond_window");
  meant = null;
  dialog().close();
  toast(t("planned"));
  done();
}

act("later-close", () => dialog().close());
act("later-often", ({ dataset }) => {
  at().value = dataset.at;
  tell();
});
act("later-template", () => {
  meant = { conv: plan.conv, at: at().value };
  dialog().close();
  document.querySelector('#composer [data-act="pick"]')?.click();
});

/** What a button of a planned answer does. */
export async function change(button, what) {
  const { plan: id, text, tray } = button.dataset;
  const conv = openConversation();
  if (button.getAttribute("aria-busy") === "true") return;
  const [method, path] = what === "now" ? ["POST", `/planned/${id}/send`] : ["DELETE", `/planned/${id}`];
  button.setAttribute("aria-busy", "true");
  const answer = await send(method, path);
  button.removeAttribute("aria-busy");
  if (!answer.ok) return toast(answer.error?.message ?? t("failed"), { loud: true });
  if (what !== "edit") return;
  // It is no plan any more: file and words come back to its conversation, whatever is open by now.
  if (tray) {
    const file = JSON.parse(tray);
    bring(conv, file.name ?? t("file-pasted"), "", async () => ({ file }));
  }
  const before = (words) => [text, words.trim()].filter(Boolean).join("\n");
  if (conv !== openConversation()) return write(conv, false, before(read(conv, false)));
  reply();
  const field = document.getElementById("draft");
  if (!field) return write(conv, false, before(read(conv, false)));
  field.value = before(field.value);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}
