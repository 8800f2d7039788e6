// What the page says aloud and in passing: live regions, toasts, the tab's title.
import { act } from "./act.js";
import { t, n } from "./words.js";

const polite = document.getElementById("say");
const assertive = document.getElementById("shout");
const title = document.title;

/** Said when the reader pauses. */
export function say(text) {
  if (polite) polite.textContent = text;
}

/** Said at once. For what a person must act on now. */
export function shout(text) {
  if (!assertive) return;
  assertive.textContent = "";
  requestAnimationFrame(() => (assertive.textContent = text));
}

/** One line at the bottom that goes by itself; the pointer on it keeps it. */
export function toast(text, { loud = false } = {}) {
  const box = document.getElementById("toasts");
  if (!box) return;
  const line = document.createElement("div");
  line.className = "toast";
  line.textContent = text;
  box.replaceChildren(line);
  (loud ? shout : say)(text);
  const leave = () => (line.matches(":hover, :focus-within") ? setTimeout(leave, 1000) : line.remove());
  setTimeout(leave, 6000);
  return line;
}

let heard = 0;
let waiting = [];

/** Announce messages in the open conversation: the first in full, then at most one sentence every three seconds. */
export function sayMessage(name, text) {
  waiting.push(t("said", { name, text: text.slice(0, 140) }));
  if (waiting.length > 1) return;
  setTimeout(
    () => {
      say(waiting.length === 1 ? waiting[0] : n("new", waiting.length));
      waiting = [];
      heard = Date.now();
    },
    Math.max(0, heard + 3000 - Date.now()),
  );
}

let pageTitle = title;
let unread = 0;

/** The tab's name, without the badge. */
export function nameTab(name) {
  pageTitle = name;
  drawTitle();
}

/** The number in front of the tab's name. */
export function countTab(count) {
  unread = count;
  drawTitle();
}

function drawTitle() {
  const name = unread ? `(${unread}) ${pageTitle}` : pageTitle;
  if (document.title !== name) document.title = name;
}

document.addEventListener("signed-out", () => {
  const dialog = document.getElementById("signed-out");
  if (!dialog || dialog.open) return;
  dialog.showModal();
  shout(t("signed-out"));
});
act("sign-in", (link) => {
  link.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`;
});
