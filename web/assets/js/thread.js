// The open thread: days, groups, the unread line, scrolling, older pages, and telling that it was read.
import { act } from "./act.js";
import { dayName, dayOf } from "./clocks.js";
import { readUpTo } from "./list.js";
import { cursorNow, tellServer, watch } from "./live.js";
import { open, openConversation } from "./panes.js";
import { fragment, place } from "./patch.js";
import { sayMessage } from "./say.js";
import { get } from "./send.js";
import { n } from "./words.js";

const NEAR_END = 100;
const AT_END = 8;
const NEAR_START = 600;
const LONGEST = 200;
const SAME_BREATH = 5 * 60_000;
const FOLDED = 3;
const FADES = 1200;

let thread = null;
let arranged = 0;
// Whether the end is before the eyes; and whether it stays there whatever comes: until somebody scrolls up.
let atEnd = true;
let follows = true;
let fresh = 0;
let told = 0;
let toldNamed = 0;
let loading = false;
let lastTop = 0;
let fading = 0;
let known = new Set();
let heard = new Set();

const entries = (of = thread) => [...of.children].filter((child) => child.dataset.seq || child.id.startsWith("p-"));
const timeOf = (entry) => Date.parse(entry.querySelector("time")?.dateTime ?? "");
const isInbound = (entry) => entry.id.startsWith("m-") && !entry.classList.contains("out");
const authorOf = (entry) => entry.querySelector("[data-by]")?.textContent ?? "";

// Separators and grouping depend on the neighbours and the viewer's zone, so they are the page's work.
/** Draw days, groups and folds of the thread, or of a former conversation above it. */
export function arrange(of = thread) {
  let day = "";
  let before = null;
  const wanted = new Set();
  for (const entry of entries(of)) {
    const time = timeOf(entry);
    const here = Number.isNaN(time) ? day : dayOf(time);
    if (here !== day) {
      day = here;
      wanted.add(separate(entry, here, time));
      before = null;
    }
    const joins =
      before?.classList.contains("msg") &&
      entry.classList.contains("msg") &&
      ["out", "note"].every((kind) => before.classList.contains(kind) === entry.classList.contains(kind)) &&
      (entry.id.startsWith("p-") || authorOf(before) === authorOf(entry)) &&
      !(time - timeOf(before) > SAME_BREATH) &&
      !entry.previousElementSibling?.classList.contains("unread-line");
    entry.classList.toggle("cont", Boolean(joins));
    before = entry;
  }
  for (const old of of.querySelectorAll(":scope > .day")) if (!wanted.has(old)) old.remove();
  fold(of);
  if (of === thread) arranged = of.childElementCount;
}

// Three and more events in a row are one line that opens; what happened last of all stays in sight.
function fold(of) {
  const wanted = new Set();
  let run = [];
  const close = (ends) => {
    if (ends) run.pop().hidden = false;
    const [first] = run;
    let button = run.length >= FOLDED ? first.previousElementSibling : null;
    if (button && !button.classList.contains("fold")) {
      button = document.createElement("button");
      button.type = "button";
      button.className = "fold";
      button.dataset.act = "fold";
      button.ariaExpanded = "false";
      first.before(button);
    }
    if (button) {
      wanted.add(button);
      const words = n("events", run.length);
      if (button.textContent !== words) button.textContent = words;
    }
    for (const entry of run) entry.hidden = button?.ariaExpanded === "false";
    run = [];
  };
  for (const entry of [...of.children]) {
    if (entry.classList.contains("sys")) run.push(entry);
    else if (run.length && !entry.classList.contains("fold")) close(false);
  }
  if (run.length) close(of === thread);
  for (const old of of.querySelectorAll(":scope > .fold")) if (!wanted.has(old)) old.remove();
}
document.addEventListener("folded", () => {
  for (const part of [thread, ...thread.querySelectorAll(":scope > .past-talk")]) fold(part);
});

function separate(entry, day, time) {
  let first = entry;
  while (first.previousElementSibling?.matches(".unread-line, .fold")) first = first.previousElementSibling;
  const above = first.previousElementSibling;
  const separator = above?.dataset.day === day ? above : document.createElement("div");
  separator.className = "day";
  separator.dataset.day = day;
  const name = dayName(time);
  if (separator.textContent !== name) separator.textContent = name;
  if (separator !== above) first.before(separator);
  return separator;
}

// All that the customer has sent, with what is not loaded; the list may not hold this conversation.
const sent = () => Number(document.getElementById(`state-${openConversation()}`).dataset.in);

function drawUnreadLine() {
  const unread = sent() - Number(thread.dataset.read);
  const inbound = entries().filter(isInbound);
  if (unread <= 0 || !inbound.length) return null;
  const line = document.createElement("div");
  line.className = "unread-line";
  line.setAttribute("role", "separator");
  line.textContent = n("new", unread);
  inbound.at(-Math.min(unread, inbound.length)).before(line);
  return line;
}

const distance = () => thread.scrollHeight - thread.clientHeight - thread.scrollTop;

/** Show the end of the thread. One that was opened at an older message is opened anew; who writes there goes on. */
export function toEnd(focus = document.activeElement?.id === "draft" && "composer") {
  if (!thread) return;
  if (thread.dataset.newer) return open(openConversation(), { again: true, focus });
  thread.scrollTop = thread.scrollHeight;
  atEnd = follows = true;
  fresh = 0;
  drawJump();
  seen();
}

// The browser lays the page out once for a frame: asked for the end after each patch, it would once for each.
let sticking = 0;
function stick() {
  if (document.hidden) return toEnd();
  sticking ||= requestAnimationFrame(() => {
    sticking = 0;
    if (follows) toEnd();
  });
}

function drawJump() {
  const button = document.querySelector('[data-act="jump"]');
  if (!button) return;
  button.hidden = fresh === 0;
  if (fresh) button.textContent = n("new", fresh);
}
act("jump", () => {
  toEnd("composer");
  document.getElementById("draft")?.focus();
});

// Read means: the end is on the screen of someone who looks.
function seen() {
  const id = openConversation();
  if (!thread || !id || !atEnd || document.hidden || !document.hasFocus()) return;
  const count = sent();
  const named = thread.querySelectorAll(`[data-mentions~="${document.body.dataset.me}"]`).length;
  if (count <= told && named === toldNamed) return;
  if (tellServer({ t: "seen", conv: id, n: count, mentioned: named !== toldNamed })) [told, toldNamed] = [count, named];
  readUpTo(id, count);
}

// What was said with this contact before stands above the beginning of this conversation.
function loadPast() {
  const button = thread.querySelector(":scope > .past-more");
  if (button) import("./past.js").then(({ older }) => older(thread));
}

// Another stretch of the thread: older entries above, which move nothing before the eyes; or newer ones below, where it
// was opened at an older message.
async function load(way) {
  const from = thread.dataset[way];
  if (loading || !from) return;
  loading = true;
  const here = thread;
  const conv = openConversation();
  const since = cursorNow();
  const older = way === "earlier";
  const answer = await get(`/inbox/${conv}/${older ? "earlier?before" : "later?after"}=${encodeURIComponent(from)}`);
  // Another conversation may be open by now, and these are not its messages.
  if (here !== thread) return;
  loading = false;
  // The next scroll tries again.
  if (!answer.ok) return;
  const page = fragment(answer.text).firstElementChild;
  const height = thread.scrollHeight;
  const top = thread.scrollTop;
  thread.dataset[way] = page.dataset[way];
  drawPast();
  const placed = place(thread, page);
  for (const entry of placed) known.add(entry.id);
  arrange();
  document.dispatchEvent(new CustomEvent("drawn", { detail: placed }));
  // Browsers that anchor have moved already; the rest of the difference is corrected.
  const missing = top - thread.scrollTop + (older ? thread.scrollHeight - height : 0);
  if (missing) thread.scrollTop += missing;
  // What the line said of these while they were fetched had nowhere to go.
  watch(conv, since);
}

// The way to the past shows at the beginning.
function drawPast() {
  const button = thread.querySelector(":scope > .past-more");
  if (button) button.hidden = Boolean(thread.dataset.earlier);
}

// A day of work in one thread must not fill the page: the far end goes, and can be loaded again.
function trim() {
  const surplus = entries().filter((entry) => entry.dataset.seq);
  if (!follows || surplus.length <= LONGEST) return;
  // What is lost above is no scrolling up.
  lastTop = 0;
  for (const entry of surplus.slice(0, surplus.length - LONGEST)) {
    known.delete(entry.id);
    entry.remove();
  }
  thread.dataset.earlier = surplus[surplus.length - LONGEST].dataset.seq;
  for (const past of thread.querySelectorAll(":scope > .past-talk")) past.remove();
  drawPast();
}

function scrolled() {
  if (!thread) return;
  // While there is more below, the end is not here, and what comes in is not shown between.
  const up = thread.scrollTop < lastTop;
  const away = thread.dataset.newer ? Infinity : distance();
  atEnd = away < NEAR_END;
  if (away < AT_END) follows = true;
  else if (up) follows = false;
  if (distance() < NEAR_START) load("newer");
  if (atEnd) {
    fresh = 0;
    drawJump();
    seen();
  }
  lastTop = thread.scrollTop;
  if (lastTop < NEAR_START) {
    if (thread.dataset.earlier) load("earlier");
    else if (up) loadPast();
  }
  if (up) floatDay();
}

// Which day one is at, while scrolling back.
function floatDay() {
  const label = document.getElementById("float-day");
  const passed = [...thread.querySelectorAll(".day")].findLast((day) => day.offsetTop < thread.scrollTop);
  if (!label || !passed) return label?.classList.remove("on");
  label.textContent = passed.textContent;
  label.classList.add("on");
  clearTimeout(fading);
  fading = setTimeout(() => label.classList.remove("on"), FADES);
}

const resized = new ResizeObserver(() => {
  if (follows && thread) thread.scrollTop = thread.scrollHeight;
});

function opened() {
  resized.disconnect();
  thread = document.querySelector("[data-thread]");
  if (!thread) return;
  told = Number(thread.dataset.read);
  toldNamed = 0;
  fresh = 0;
  loading = false;
  known = new Set(entries().map((entry) => entry.id));
  heard = new Set();
  arrange();
  const { at, newer } = thread.dataset;
  const line = newer ? null : drawUnreadLine();
  arrange();
  lastTop = 0;
  thread.addEventListener("scroll", scrolled, { passive: true });
  resized.observe(thread);
  const found = at && (document.getElementById(`m-${at}`) ?? document.getElementById(`n-${at}`));
  found?.classList.add("lit");
  if (found) thread.scrollTop = found.offsetTop - thread.clientHeight / 3;
  else thread.scrollTop = line ? line.offsetTop - 96 : thread.scrollHeight;
  scrolled();
  follows = atEnd;
}

document.addEventListener("patched", ({ detail }) => {
  if (!thread?.isConnected) return;
  // Most of what is told is about the list.
  const touched = detail.some((one) => thread.contains(one));
  if (!touched && thread.childElementCount === arranged) return;
  const before = follows;
  const { earlier, newer } = thread.dataset;
  const added = [];
  for (const entry of entries()) {
    const { seq } = entry.dataset;
    if (!seq || known.has(entry.id)) continue;
    // What belongs above or below what is loaded comes with that. Above it is nothing new, only told of again.
    const above = earlier && seq < earlier;
    const below = newer && seq > newer;
    if (above || below) entry.remove();
    else known.add(entry.id);
    if (above || heard.has(entry.id)) continue;
    heard.add(entry.id);
    added.push(entry);
  }
  if (before) trim();
  arrange();
  const inbound = added.filter(isInbound);
  for (const entry of inbound) {
    const name = authorOf(entry).replace(/: $/, "");
    const words = entry.querySelector(".txt, .medium, .odd")?.textContent ?? entry.textContent;
    sayMessage(name, words);
  }
  if (before) {
    if (touched || added.length) stick();
  } else if (inbound.length) {
    atEnd &&= distance() < NEAR_END;
    fresh += inbound.length;
    drawJump();
  }
  if (added.length) document.dispatchEvent(new CustomEvent("arrived", { detail: added }));
});
document.addEventListener("opened", opened);
document.addEventListener("live", ({ detail }) => detail === "on" && seen());
document.addEventListener("visibilitychange", seen);
addEventListener("focus", seen);
opened();
