// Quick replies: offered while "/" and a name are typed, shown as they will be sent, put into the field.
import { bring } from "./tray.js";
import { close, isOpen, offer } from "./choices.js";
import { title } from "./outbox.js";
import { openConversation } from "./panes.js";
import { plain } from "./plain.js";
import { toast } from "./say.js";
import { get, send } from "./send.js";
import { afterwards } from "./strips.js";
import { t } from "./words.js";

const known = new Map(); // conversation → what can be used there
const words = (body) => body.map(({ text }) => text).join("");
const make = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text });

async function all(conv) {
  if (!known.has(conv)) {
    const answer = await get(`/conversations/${conv}/macros`);
    if (!answer.ok) return [];
    known.set(conv, JSON.parse(answer.text));
  }
  return known.get(conv);
}
// Names, queues and fields change; they are asked for anew with each conversation that is opened.
document.addEventListener("opened", () => known.clear());

// What is called so comes first, then what is said so.
function search(macros, typed) {
  const wanted = plain(typed);
  const rank = ({ name, body }) => {
    const at = plain(name).indexOf(wanted);
    if (at === 0) return 0;
    if (at > 0) return 1;
    return plain(words(body)).includes(wanted) ? 2 : 3;
  };
  return macros
    .map((one) => [rank(one), one])
    .filter(([rank]) => rank < 3)
    .sort(([one], [other]) => one - other)
    .map(([, one]) => one)
    .slice(0, 50);
}

function option({ name, whose, body, files }) {
  const element = make("div", "opt", "");
  element.setAttribute("role", "option");
  const top = make("span", "row", "");
  top.append(make("code", "grow trunc", `/${name}`), make("span", "meta subtle", whose));
  element.append(top, make("span", "meta muted trunc", words(body) || files.join(", ")));
  return element;
}

function preview(box, { body, actions, files }) {
  const pieces = body.map(({ is, text }) => (is === "words" ? text : make("span", is === "value" ? "var" : "var gap", text)));
  box.querySelector("[data-preview]").replaceChildren(...pieces);
  for (const [which, all] of [["with", files], ["does", actions]]) {
    const line = box.querySelector(`[data-${which}]`);
    line.hidden = !all.length;
    line.querySelector("b").textContent = all.join(", ");
  }
  box.querySelector("[data-missing]").hidden = body.every(({ is }) => is !== "missing");
}

/** Offer what fits the "/" and the letters before the caret. */
export async function suggest(conv) {
  const field = document.getElementById("draft");
  const macros = await all(conv);
  if (document.activeElement !== field || conv !== openConversation()) return;
  const before = field.value.slice(0, field.selectionStart);
  const typed = before.match(/(?:^|\s)\/([^\s/]{0,40})$/u)?.[1];
  if (typed === undefined) return isOpen() && close();
  const found = search(macros, typed);
  const box = document.getElementById("slash-words").content.querySelector(".slash").cloneNode(true);
  const list = box.querySelector(".slash-list");
  if (found.length) list.append(...found.map(option));
  else if (typed) return close();
  else list.append(make("p", "meta subtle empty", list.dataset.none));
  const start = field.selectionStart - typed.length - 1;
  offer(field, box, {
    chosen: (index) => preview(box, found[index]),
    take: (index) => {
      close();
      // Whoever types fast has gone on with the word since this was drawn.
      const rest = field.value.slice(start).match(/^\/[^\s/]*/u)?.[0].length ?? typed.length + 1;
      put(field, start, start + rest, found[index]);
    },
  });
}

// Its files come into the tray as if they had been picked by hand; what is wrong with one stands beside its name.
function attach(conv, id, names) {
  const answers = send("POST", `/conversations/${conv}/macros/${id}/files`).then((answer) => (answer.ok ? JSON.parse(answer.text).files : names.map(() => ({ why: answer.error?.message ?? t("failed") }))));
  names.forEach((name, at) => bring(conv, name, "", async () => (await answers)[at] ?? { why: t("failed") }));
}

function put(field, start, end, { id, body, actions, files }) {
  field.setRangeText(words(body), start, end, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  if (files.length) attach(openConversation(), id, files);
  else if (!body.length) return carryOut(id);
  if (actions.length) afterwards(id, actions);
  const gap = body.findIndex(({ is }) => is === "missing");
  if (gap < 0) return;
  // What is missing is written by hand, or taken out: it is never sent as it stands.
  const at = start + words(body.slice(0, gap)).length;
  field.setSelectionRange(at, at + body[gap].text.length);
}

// One without words: nothing is sent before it.
async function carryOut(id) {
  const [conv, who, client] = [openConversation(), title(), crypto.randomUUID()];
  await tell({ conv, who }, await send("POST", `/conversations/${conv}/macros/${id}`, { client_id: client }, client));
}

/** What its author has to know of a macro that was carried out, or was not. */
export async function tell({ conv, who }, answer) {
  if (!answer.ok) return toast(`${who}: ${answer.error?.message ?? t("failed")}`, { loud: true });
  // All is done, but closing asks for more.
  if (answer.status !== 202) return;
  toast(JSON.parse(answer.text).said, { loud: true });
  const button = document.querySelector(`#thread-pane[data-conv="${conv}"] [data-act="close"]`);
  if (button) (await import("./work.js")).closeWith(button);
}
