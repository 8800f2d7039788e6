// The composer: Enter sends, an answer or a note; drafts are kept for each conversation, the limit is counted.
import { act } from "./act.js";
import { attached, takeAll } from "./attach.js";
import * as drafts from "./drafts.js";
import { hold, key, when } from "./keys.js";
import { tellServer } from "./live.js";
import { beside, giveBack, mayGo, post, title } from "./outbox.js";
import { openConversation } from "./panes.js";
import { say, shout } from "./say.js";
import { t } from "./words.js";

const PAUSE = 400;
// The customer's sign that somebody writes lasts a little longer than this.
const TYPING_EVERY = 12_000;
let timer = 0;
let current = null;
// In which conversation a note is being written; what is written there goes to nobody outside.
let noting = null;
let typed = { in: null, at: 0 };
// What the field had when it was last kept: what differs was typed here since.
let kept = "";

const form = () => document.getElementById("composer");
const field = () => document.getElementById("draft");
const size = (text) => [...text].length;

const isNote = () => noting === current && current !== null;
const dock = () => document.getElementById("dock");

// Another tab may have written on: only what was typed here is kept. Signing out empties this browser's storage: all is.
function keep(event) {
  clearTimeout(timer);
  if (!current || !field() || (field().value === kept && event?.type !== "signed-out")) return;
  kept = field().value;
  drafts.write(current, isNote(), kept);
}

function forget(conv, note) {
  if (conv === current && note === isNote()) kept = "";
  drafts.write(conv, note, "");
}

function restore() {
  current = openConversation();
  if (!field()) return;
  kept = drafts.read(current, isNote());
  field().value ||= kept;
  field().spellcheck = !setting("no-spell");
  drafts.look(current);
  import("./cost.js");
  drawKind();
  drawKept();
  wait();
  count();
}

// The surface itself changes, so that nobody writes to the wrong person.
function drawKind() {
  const note = isNote();
  dock().toggleAttribute("data-note", note);
  form().classList.toggle("is-note", note);
  for (const tab of form().querySelectorAll(".ctab")) tab.ariaSelected = String(tab.classList.contains("note") === note);
  const { dataset } = field();
  dataset.replyPlaceholder ??= field().placeholder;
  field().placeholder = note ? dataset.notePlaceholder : dataset.replyPlaceholder;
  form().setAttribute("aria-label", field().placeholder);
}

function write(note) {
  if (!form()?.querySelector(".ctab")) return false;
  if (note !== isNote()) {
    keep();
    // What can't be sent any more is offered as a note.
    const left = note && dock().dataset.mode !== "open" && !drafts.read(current, true) ? drafts.read(current, false) : "";
    if (left) drafts.write(current, false, "");
    noting = note ? current : null;
    kept = drafts.read(current, note);
    field().value = left || kept;
    keep();
    // What was offered was for the other; what is to be offered here is asked for.
    document.getElementById("draft-strip").hidden = true;
    drafts.look(current);
    trouble("");
    drawKind();
    wait();
    count();
  }
  if (field().checkVisibility()) field().focus();
}
act("as-note", () => write(true));
/** Go to where the answer is written. */
export const reply = () => write(false);
act("as-reply", reply);

// What stands under each answer is shown under the field, and can be left out once.
export function signed(body) {
  const signature = isNote() ? "" : document.querySelector("#signature:not([hidden]) [data-text]")?.textContent;
  return body && signature ? `${body}\n\n${signature}` : body;
}
act("sign-off", (button) => {
  button.parentElement.hidden = true;
  count();
  field().focus();
});

function count() {
  const element = document.getElementById("draft-count");
  const limit = Number(isNote() ? form().dataset.noteLimit : form().dataset.limit);
  const length = size(signed(field().value.trim()));
  const over = length > limit;
  element.hidden = length < limit * 0.8;
  element.textContent = over ? t("left", { n: length - limit }) : `${length} / ${limit}`;
  element.classList.toggle("bad-t", over);
  if ("sms" in form().dataset && !isNote()) import("./sms.js").then(({ tell }) => field() && tell(element, signed(field().value.trim())));
  return over;
}

// Only a hint: whoever does not hold the conversation shows nothing to the customer.
function typing() {
  if (isNote() || !field().value.trim()) return;
  if (typed.in === current && Date.now() - typed.at < TYPING_EVERY) return;
  typed = { in: current, at: Date.now() };
  tellServer({ t: "typing", conv: current });
}

// Another tab of this person wrote on: it is taken where nobody writes, and offered where somebody does.
document.addEventListener("draft-new", ({ detail }) => {
  const { conv, note, was, body } = detail;
  if (conv !== current || note !== isNote() || !field()) return;
  const words = field().value.trim();
  if (words !== was.trim()) return body && words !== body.trim() && drafts.tell("draft-other", detail);
  field().value = kept = body;
  count();
});
document.addEventListener("draft-other", ({ detail }) => detail.conv === current && import("./strips.js").then(({ offer }) => offer(detail)));

// An answer that was being written when it could not be sent any more.
function drawKept() {
  const line = document.getElementById("kept");
  if (!line) return;
  const text = dock().dataset.mode === "open" || isNote() ? "" : drafts.read(current, false);
  line.hidden = !text;
  line.lastElementChild.textContent = text;
}
document.addEventListener("patched", drawKept);
// The conversation is somebody else's now, and out of sight: what was being written is offered to whoever wrote it.
document.addEventListener("gone", ({ detail }) => {
  const text = field()?.value;
  const writing = document.activeElement === field();
  if (text?.trim() && detail === `thread-${current}`) hold(() => giveBack({ conv: current, who: title(), body: text }, writing));
});

// Sent, but for a file that still goes up: conversation → the answer as it was meant then, wherever its author is by now.
const waiting = new Map();
// What is meant to be done after it, while its author is asked back about it.
let meant = "";

/** Send what is written; `then` is what is done to the conversation when it is on its way: "close", "snooze", or nothing. */
export function submit(then) {
  meant = then;
  const conv = current;
  let body = field().value.trim();
  if (isNote()) {
    if (!body) return;
    if (count()) return say(t("too-long"));
    clear();
    forget(conv, true);
    return post(conv, body, { note: true });
  }
  const { busy, bad, files } = attached(conv);
  if (waiting.has(conv)) return;
  if (bad) return say(t("file-refused"));
  if ((!body && !files.length && !busy) || dock().dataset.mode !== "open") return;
  if (count()) return say(t("too-long"));
  const place = field().value.match(/\{\{[^{}]*\}\}/);
  if (place) {
    trouble(`${form().dataset.fill}: ${place[0]}`);
    return field().setSelectionRange(place.index, place.index + place[0].length);
  }
  if (!mayGo(conv, () => form().requestSubmit())) return;
  body = signed(body);
  const answer = { body, then, who: title(), most: captionLimit(), ...beside.get(conv) };
  if (!busy) return give(conv, answer);
  waiting.set(conv, answer);
  keep();
  wait();
  say(t("file-wait"));
}

function clear() {
  field().value = "";
  const signature = document.getElementById("signature");
  if (signature) signature.hidden = false;
  typed = { in: null, at: 0 };
  count();
  field().focus();
}

const captionLimit = () => Number(form().dataset.caption);
/** The messages that words and files become: the words go beside the first file that can carry them, if they are not too long. */
export function messages(body, files, most = captionLimit()) {
  const carrier = size(body) > most ? -1 : files.findIndex((file) => file.caption);
  const all = files.map((file, at) => [at === carrier ? body : "", { file }]);
  if (body && carrier < 0) all.push([body, {}]);
  return all;
}

function give(conv, { body, then, who, most, replyTo, after }) {
  const all = messages(body, attached(conv).files, most);
  if (conv === current && field() && !isNote()) clear();
  forget(conv, false);
  takeAll(conv);
  all.at(-1)[1].then = then;
  beside.delete(conv);
  if (replyTo) all[0][1].replyTo = replyTo;
  if (after) all.at(-1)[1].after = after;
  for (const [words, more] of all) post(conv, words, { ...more, who, sure: true });
  document.dispatchEvent(new CustomEvent("given", { detail: conv }));
}

// What waits is shown as it will go, and can't be changed meanwhile.
function wait() {
  if (!field()) return;
  const on = waiting.has(current) && !isNote();
  field().readOnly = on;
  form().toggleAttribute("data-waiting", on);
  for (const button of form().querySelectorAll(".btn-group > .btn")) button.disabled = on;
}

function trouble(why, conv = current) {
  if (why) shout(why);
  const line = document.getElementById("composer-error");
  if (!line || conv !== current) return;
  line.textContent = why;
  line.hidden = !why;
}

function unwait(conv) {
  waiting.delete(conv);
  wait();
}

document.addEventListener("attached", ({ detail: { conv, removed } }) => {
  if (removed) trouble("");
  if (!waiting.has(conv)) return;
  const { busy, bad } = attached(conv);
  if (!busy || removed) {
    const sent = waiting.get(conv);
    unwait(conv);
    if (bad) trouble(t("file-failed"), conv);
    else if (!removed) give(conv, sent);
  }
});

document.addEventListener("submit", (event) => {
  if (event.target !== form()) return;
  event.preventDefault();
  // Sent all the same after a question: as it was meant.
  submit(event.submitter ? "" : meant);
});
// Which of the two sends is this browser's; storage may be forbidden, then it is Enter.
const setting = (name) => {
  try {
    return localStorage.getItem(`bandeja:${name}`);
  } catch {
    return null;
  }
};
const ctrlBox = document.querySelector('[data-act="ctrl-enter"]');
if (ctrlBox) ctrlBox.checked = Boolean(setting("ctrl-enter"));
act("ctrl-enter", ({ checked }) => import("./keys-more.js").then(({ keepCtrl }) => keepCtrl(checked)));
document.addEventListener("keydown", (event) => {
  if (event.target !== field() || event.key !== "Enter" || event.shiftKey) return;
  if (event.isComposing || event.keyCode === 229) return; // an input method is choosing characters
  const ctrl = event.ctrlKey || event.metaKey;
  const ctrlSends = ctrlBox?.checked;
  if (ctrlSends && !ctrl) return;
  event.preventDefault();
  if (naming()) return void enterThen(event);
  submit(ctrl && !ctrlSends && document.querySelector('#thread-pane [data-act="close"]') ? "close" : "");
});
// Before the keys of the whole page: what waits is taken back first.
addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape" || event.target !== field() || !waiting.has(current)) return;
    event.stopPropagation();
    unwait(current);
  },
  true,
);
document.addEventListener("input", ({ target }) => {
  if (target !== field()) return;
  trouble("");
  count();
  typing();
  clearTimeout(timer);
  timer = setTimeout(keep, PAUSE);
  if (field().value.includes(isNote() ? "@" : "/")) suggest();
});
// What is offered for a name that is being written: while it is on its way, Enter means the first of it.
let offers = null;
function suggest() {
  const mine = (offers = (isNote() ? import("./mention.js") : import("./slash.js"))
    .then((one) => one.suggest(current), () => {}) // without a network nothing is offered
    .finally(() => offers === mine && (offers = null)));
}
const naming = () => offers && (isNote() ? /(^|\s)@[^@\n]*$/ : /(^|\s)\/\S*$/).test(field().value.slice(0, field().selectionStart));
async function enterThen({ ctrlKey, metaKey }) {
  const on = field();
  const text = on.value;
  await offers;
  if (on === field() && on.value === text) on.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey, metaKey, bubbles: true, cancelable: true }));
}
act("slash", () => {
  const { value, selectionStart: at } = field();
  field().focus();
  field().setRangeText(/\S$/.test(value.slice(0, at)) ? " /" : "/", at, field().selectionEnd, "end");
  suggest();
});
// Their own modules take these over with the first click.
act("record", (button) => when(import("./record.js"), () => button.click()));
act("pick", (button) => when(import("./picker.js"), () => button.click()));
act("more", (button) => when(import("./more.js"), ({ toggle }) => toggle(button)));
for (const what of ["now", "edit", "cancel"]) act(`plan-${what}`, (button) => when(import("./later.js"), ({ change }) => change(button, what)));
act("emoji", (button) => when(import("./emoji.js"), ({ toggle }) => toggle(button)));
// Twenty megabytes in a field make an old PC stand still: what is far too long is not let in, and told.
document.addEventListener("paste", (event) => {
  if (event.target !== field()) return;
  const { length } = event.clipboardData?.getData("text/plain") ?? "";
  const limit = Number(isNote() ? form().dataset.noteLimit : form().dataset.limit);
  if (length <= limit * 4) return;
  event.preventDefault();
  trouble(t("paste-long", { n: length.toLocaleString(document.documentElement.lang), name: limit.toLocaleString(document.documentElement.lang) }));
});
document.addEventListener("leaving", keep);
document.addEventListener("opened", restore);
addEventListener("pagehide", keep);
document.addEventListener("signed-out", keep);
key("reply", () => {
  reply();
  if (!field()?.checkVisibility()) return false;
  field().focus();
});
key("note", () => write(true));
key("templates", () => {
  const search = document.getElementById("pick-search");
  const button = document.querySelector('#composer [data-act="pick"]');
  if (search?.checkVisibility()) return search.focus();
  return button?.checkVisibility() && button.click();
});
key("macros", () => (field()?.checkVisibility() && !isNote() ? document.querySelector('[data-act="slash"]').click() : false));
restore();
