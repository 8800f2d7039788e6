// The composer: Enter sends, drafts are kept for each conversation, the channel's limit is counted.
import { attached, takeAll } from "./attach.js";
import { key } from "./keys.js";
import { tellServer } from "./live.js";
import { post } from "./outbox.js";
import { openConversation } from "./panes.js";
import { say, shout } from "./say.js";
import { t } from "./words.js";

const PAUSE = 400;
// The customer's sign that somebody writes lasts a little longer than this.
const TYPING_EVERY = 12_000;
const draftKey = (id) => `bandeja:draft:${document.body.dataset.me}:${id}`;
let timer = 0;
let current = null;
let typed = { in: null, at: 0 };

const form = () => document.getElementById("composer");
const field = () => document.getElementById("draft");
const size = (text) => [...text].length;

function keep() {
  clearTimeout(timer);
  if (!current || !field()) return;
  try {
    const text = field().value;
    if (text.trim()) localStorage.setItem(draftKey(current), text);
    else localStorage.removeItem(draftKey(current));
  } catch {
    // Without storage a draft lives as long as its page.
  }
}

function forget(conv) {
  clearTimeout(timer);
  try {
    localStorage.removeItem(draftKey(conv));
  } catch {
    // Nothing was kept.
  }
}

function restore() {
  current = openConversation();
  if (!field()) return;
  try {
    field().value ||= localStorage.getItem(draftKey(current)) ?? "";
  } catch {
    // See above.
  }
  wait();
  count();
}

function count() {
  const element = document.getElementById("draft-count");
  const limit = Number(form().dataset.limit);
  const length = size(field().value.trim());
  const over = length > limit;
  element.hidden = length < limit * 0.8;
  element.textContent = over ? t("left", { n: length - limit }) : `${length} / ${limit}`;
  element.classList.toggle("bad-t", over);
  return over;
}

// Only a hint: whoever does not hold the conversation shows nothing to the customer.
function typing() {
  if (!field().value.trim()) return;
  if (typed.in === current && Date.now() - typed.at < TYPING_EVERY) return;
  typed = { in: current, at: Date.now() };
  tellServer({ t: "typing", conv: current });
}

// Sent, but for a file that still goes up: conversation → the words that go with it.
const waiting = new Map();

function submit() {
  const conv = current;
  const body = field().value.trim();
  const { busy, bad, files } = attached(conv);
  if (waiting.has(conv)) return;
  if (bad) return say(t("file-refused"));
  if ((!body && !files.length) || document.getElementById("dock").dataset.mode !== "open") return;
  if (count()) return say(t("too-long"));
  if (!busy) return give(conv, body);
  waiting.set(conv, body);
  keep();
  wait();
  say(t("file-wait"));
}

function give(conv, body) {
  const { files } = attached(conv);
  if (conv === current && field()) {
    field().value = "";
    typed = { in: null, at: 0 };
    count();
    field().focus();
  }
  forget(conv);
  takeAll(conv);
  // The words go beside the first file that can carry some.
  const carrier = files.findIndex((file) => file.caption);
  files.forEach((file, at) => post(conv, at === carrier ? body : "", file));
  if (body && carrier < 0) post(conv, body);
}

// What waits is shown as it will go, and can't be changed meanwhile.
function wait() {
  if (!field()) return;
  const on = waiting.has(current);
  field().readOnly = on;
  form().toggleAttribute("data-waiting", on);
  form().querySelector('[type="submit"]').disabled = on;
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
    const body = waiting.get(conv);
    unwait(conv);
    if (bad) trouble(t("file-failed"), conv);
    else if (!removed) give(conv, body);
  }
});

document.addEventListener("submit", (event) => {
  if (event.target !== form()) return;
  event.preventDefault();
  submit();
});
document.addEventListener("keydown", (event) => {
  if (event.target !== field() || event.key !== "Enter" || event.shiftKey) return;
  if (event.isComposing || event.keyCode === 229) return; // an input method is choosing characters
  event.preventDefault();
  submit();
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
});
document.addEventListener("leaving", keep);
document.addEventListener("opened", restore);
addEventListener("pagehide", keep);
document.addEventListener("signed-out", keep);
key("r", () => {
  if (!field()?.checkVisibility()) return false;
  field().focus();
});
restore();
