// What was promised, counted down in opening hours: what is left, since when it is overdue, or standing still while the
// queue is closed. The server says by when, and what is closed until then; the page does the rest.
import { inWords, length, moment, now as time, set, write } from "./clocks.js";
import { t } from "./words.js";

const HOUR = 3_600_000;
const short = (time) => (time < HOUR ? length(time) : inWords(time));
const WHAT = { f: "due-first", n: "due-next", r: "due-resolution" };

// "fq 1795189500 120 1795150800-1795183200": what, by when, from how many seconds on it is soon, what is closed.
function read(element) {
  const [what, at, soon, ...closed] = element.dataset.due.split(" ");
  return { what, at: at * 1000, soon: soon * 1000, closed: closed.map((pair) => pair.split("-").map((second) => second * 1000)) };
}

/** The word for what was promised. */
export const promised = (element) => t(WHAT[element.dataset.due[0]]);

/** How much is left in opening hours, in milliseconds, not above 0 when overdue; and until when it stands still. */
export function standing(element, now) {
  const { at, closed } = read(element);
  let left = at - now;
  let until = 0;
  if (left <= 0) return { left, until };
  for (const [from, to] of closed) {
    left -= Math.max(0, to - Math.max(from, now));
    if (from <= now && now < to) until = to;
  }
  // To the second: what is not overdue has at least one left.
  return { left: Math.max(left, 1), until };
}

// Those that were seen to run: only what becomes overdue before one's eyes is news.
const running = new WeakMap();

function draw(element, now) {
  const { what, at, soon } = read(element);
  const { left, until } = standing(element, now);
  const over = left <= 0;
  if (!over) running.set(element, at);
  else if (running.get(element) === at && running.delete(element)) document.dispatchEvent(new CustomEvent("overdue", { detail: element }));
  set(element, "hidden", what.endsWith("q") && !over && left > soon);
  if (element.hidden) return;
  element.classList.toggle("bad", over);
  element.classList.toggle("warn", !over && !until && left <= soon);
  element.classList.toggle("still", until > 0);
  const n = short(over ? -left : left + 999);
  write(element.lastElementChild, over ? `−${n}` : until ? t("due-still-short", { n }) : n);
  const words = over ? "due-over" : until ? "due-still" : "due-left";
  const said = t(words, { name: promised(element), n, text: until ? moment(until, now) : "" });
  set(element, "title", said);
  set(element, "ariaLabel", said);
}

function drawAll(root, now) {
  if (root.matches?.(".due")) draw(root, now);
  for (const element of root.querySelectorAll(".due[data-due]")) draw(element, now);
}

drawAll(document, time());
document.addEventListener("patched", ({ detail }) => {
  for (const element of detail) drawAll(element, time());
});
document.addEventListener("second", ({ detail }) => drawAll(document, detail));
document.addEventListener("visibilitychange", () => document.hidden || drawAll(document, time()));
