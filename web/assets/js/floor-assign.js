// Giving a conversation to somebody else, or back to its queue. The new look of the row arrives on the socket.
import { act } from "./act.js";
import { plain } from "./plain.js";
import { say, toast } from "./say.js";
import { send } from "./send.js";
import { undoable } from "./undo.js";
import { t } from "./words.js";

const dialog = document.getElementById("assign");
const part = (name) => dialog.querySelector(`[data-assign="${name}"]`);
// What calls for a supervisor may be further down than the table goes.
const rowOf = (conversation) =>
  document.getElementById(`fc-${conversation}`) ?? document.getElementById(`al-${conversation}`);
const text = (element) => element?.textContent.trim() ?? "";

let open = null; // { conversation, name, queue, holder } of the dialog
let sending = false;

/** What a row says of its conversation. */
export function facts(conversation) {
  const row = rowOf(conversation);
  if (!row) return null;
  return {
    conversation,
    name: text(row.querySelector(".fc-who a, .alert-who")),
    // Behind the queue stand the tags.
    queue: row.dataset.queue ?? text(row.querySelector(".fc-queue").firstChild),
    holder: row.dataset.holder,
    holderName: text(row.querySelector(".fc-holder, .alert-holder")),
  };
}

/** The name of an agent of the page. */
export const agentName = (person) => text(document.querySelector(`#fa-${CSS.escape(person)} .agent-name`));

/** Ask the server; an empty `person` means back to the queue. Answers the sentence that went wrong, or null. */
export async function assign(of, person) {
  const row = rowOf(of.conversation);
  row?.setAttribute("aria-busy", "true");
  const answer = await send("POST", `/conversations/${of.conversation}/assignee`, { person });
  rowOf(of.conversation)?.removeAttribute("aria-busy");
  if (answer.ok) return null;
  return answer.error?.message ?? t(answer.status === 403 ? "failed-forbidden" : "failed");
}

/** Say what happened, and offer to take it back. */
export function told(of, person) {
  const words = person
    ? t("assigned", { name: of.name, text: agentName(person) })
    : t("assigned-back", { name: of.name, text: of.queue });
  undoable(words, () => assign(of, of.holder));
}

/** An agent of the page as a choice: same face, presence and load. */
function choice(line) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "agent-b";
  button.dataset.act = "assign-to";
  button.dataset.person = line.id.slice("fa-".length);
  button.append(...[...line.firstElementChild.cloneNode(true).childNodes].filter((node) => !node.matches?.(".drop-here")));
  for (const link of button.querySelectorAll("a")) {
    const name = document.createElement("span");
    name.className = link.className;
    name.dir = link.dir;
    name.textContent = link.textContent;
    link.replaceWith(name);
  }
  if (button.dataset.person === open.holder) {
    button.disabled = true;
    button.querySelector(".agent-load")?.replaceWith(document.getElementById("assign-held").content.cloneNode(true));
  }
  const item = document.createElement("li");
  item.className = line.classList.contains("off") ? "agent off" : "agent";
  item.append(button);
  return item;
}

function fill() {
  const agents = [...document.querySelectorAll("#floor-agents > li")].map(choice);
  if (open.holder) {
    const back = document.getElementById("assign-back").content.cloneNode(true);
    back.querySelector('[data-assign="queue"]').textContent = open.queue;
    agents.unshift(back);
  }
  part("list").replaceChildren(...agents);
  part("search").value = "";
  part("search").parentElement.hidden = agents.length < 9;
  part("error").hidden = true;
  part("none").hidden = true;
  part("list").scrollTop = 0;
}

// On touch a focused field would cover half of the list with the keyboard.
function focusFirst() {
  const field = part("search");
  if (matchMedia("(pointer: coarse)").matches) document.getElementById("assign-title").focus();
  else if (field.parentElement.hidden) part("list").querySelector("button:enabled")?.focus();
  else field.focus();
}

act("assign", (button) => {
  if (!dialog || sending) return;
  open = facts(button.dataset.conversation);
  if (!open) return;
  document.getElementById("assign-title").textContent = t("assign-to", { name: open.name });
  part("now").textContent = t("assign-now", { name: open.queue, text: open.holderName });
  fill();
  dialog.showModal();
  focusFirst();
});
act("assign-close", () => dialog.close());

act("assign-to", async (button) => {
  if (sending) return;
  sending = true;
  const of = open;
  button.setAttribute("aria-busy", "true");
  dialog.toggleAttribute("data-sending", true);
  part("error").hidden = true;
  const wrong = await assign(of, button.dataset.person);
  sending = false;
  button.removeAttribute("aria-busy");
  dialog.removeAttribute("data-sending");
  if (wrong) return refuse(wrong);
  dialog.close();
  told(of, button.dataset.person);
});

// Closed meanwhile with Esc: the refusal is still worth hearing.
function refuse(words) {
  if (!dialog.open) return toast(words, { loud: true });
  part("error").querySelector("span").textContent = words;
  part("error").hidden = false;
}

dialog?.addEventListener("input", () => {
  const wanted = plain(part("search").value.trim());
  let shown = 0;
  for (const item of part("list").children) {
    const name = item.querySelector(".agent-name");
    item.hidden = Boolean(wanted) && !(name && plain(name.textContent).includes(wanted));
    if (!item.hidden) shown += 1;
  }
  part("none").hidden = shown > 0;
  if (wanted && !shown) say(part("none").textContent);
});

dialog?.addEventListener("keydown", (event) => {
  const choices = [...part("list").querySelectorAll("li:not([hidden]) > button:enabled")];
  if (event.key === "Enter" && event.target === part("search") && !event.isComposing) {
    event.preventDefault();
    choices[0]?.click();
  }
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  choices[Math.min(Math.max(choices.indexOf(document.activeElement) + by, 0), choices.length - 1)]?.focus();
});
dialog?.addEventListener("click", (event) => event.target === dialog && dialog.close());
