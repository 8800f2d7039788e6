// The rows of the list: unread for me, selection, order that does not move under the pointer, J and K.
import { act } from "./act.js";
import { set } from "./clocks.js";
import { promised } from "./due.js";
import { key, when } from "./keys.js";
import { open, openConversation } from "./panes.js";
import { compare, insert, isBeyond, placeOf } from "./patch.js";
import { shout } from "./say.js";
import { n, t } from "./words.js";

const STILL = 4000;
const list = () => document.getElementById("list");
const rows = () => [...list().children];
/** The rows that are seen: not what was read in a list of what is unread, nor what is only kept. */
export const shownRows = () => rows().filter((row) => !row.hidden && !row.classList.contains("vh"));
/** The first of them before the eyes. */
export function firstSeen() {
  const { top, bottom } = list().getBoundingClientRect();
  return shownRows().find((row) => {
    const box = row.getBoundingClientRect();
    return box.bottom > top && box.top < bottom;
  });
}
const idOf = (row) => row.id.slice("row-".length);

let reads = {};
let pointerAt = 0;
let current = null;

/** This person has read so many of a conversation's messages, here or in another tab. */
export function readUpTo(id, count) {
  if ((reads[id] ?? 0) >= count) return;
  reads[id] = count;
  document.dispatchEvent(new CustomEvent("read-here", { detail: { conv: id, n: count } }));
  const row = document.getElementById(`row-${id}`);
  if (row) decorate([row]);
}

/** The conversation below an open one, else the one above: where work goes on after it is resolved. */
export function neighbour(id) {
  const row = document.getElementById(`row-${id}`);
  const next = row?.nextElementSibling ?? row?.previousElementSibling;
  return next ? idOf(next) : null;
}

/** After which place the list is loaded, and to which; nothing where that is its beginning, or its end. */
export const span = () => list().span;
/** It is loaded after a place, to another. */
export const loaded = (...places) => (list().span = places);
/** The place of the last of some rows. */
export const lastPlace = (some) => [...some].map((row) => placeOf(list(), row)).reduce((one, other) => (one && compare(list(), one, other) > 0 ? one : other), null);
/** What is open or in somebody's hands is kept, with what is next to it: there one goes on. */
export function kept() {
  const some = [document.getElementById(`row-${current}`), document.activeElement?.closest("#list > li")];
  return new Set(some.flatMap((row) => (row ? [row.previousElementSibling, row, row.nextElementSibling] : [])).filter(Boolean));
}
// Beyond what is loaded there are others between: it comes with them. Until then what is kept is not seen; what was chosen is.
function isFar(row) {
  if (strays.has(row) || (known.has(row) && document.querySelector("#list-pane[data-choosing]"))) return false;
  return isBeyond(list(), placeOf(list(), row));
}
function shed(some) {
  const far = some.filter(isFar);
  const stays = far.length && kept();
  for (const row of far) if (!stays.has(row)) row.remove();
}
// What was to be seen before; and what of it changed while the order was held: under the pointer nothing goes.
const known = new WeakSet();
const strays = new Set();
function drawn() {
  strays.clear();
  late.clear();
  loaded(null, "more" in list().dataset && lastPlace(rows()));
  take(list());
  current = openConversation();
  decorate(rows());
}

/** What the person has read of conversations, as it was drawn with their rows. */
export function take(source) {
  for (const [id, count] of Object.entries(JSON.parse(source.dataset.read || "{}"))) {
    reads[id] = Math.max(reads[id] ?? 0, count);
  }
}

// The list is one stop of the Tab key: the row that was last in focus, else the open one, else the first.
let stop = null;
function rove() {
  if (stop?.isConnected && !stop.closest("[hidden], .vh:not(:focus-within)")) return;
  const next = document.querySelector(`#row-${current}:not(.vh)`) ?? shownRows()[0];
  stop = next?.querySelector("a.conv") ?? null;
  if (stop) stop.tabIndex = 0;
}
document.addEventListener("focusin", ({ target }) => {
  if (target === stop || !target.matches("#list a.conv")) return;
  if (stop) stop.tabIndex = -1;
  (stop = target).tabIndex = 0;
});

/** Draw what rows are to this person, and count. */
export function decorate(some) {
  const unreadOnly = "unreadOnly" in list().dataset;
  for (const row of some) {
    const id = idOf(row);
    const far = isFar(row);
    row.classList.toggle("vh", far);
    known[far ? "delete" : "add"](row);
    const link = row.querySelector("a.conv");
    link.tabIndex = link === stop ? 0 : -1;
    const badge = row.querySelector(".badge");
    const unread = Math.max(0, Number(row.dataset.in) - (reads[id] ?? 0));
    link.classList.toggle("unread", unread > 0);
    badge.hidden = unread === 0;
    badge.textContent = unread > 99 ? "99+" : String(unread);
    badge.setAttribute("aria-label", n("unread", unread));
    badge.setAttribute("role", "img");
    if (id === current) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
    // What was read stays while it is open.
    if (unreadOnly) row.hidden = unread === 0 && id !== current;
  }
  rove();
  // Not by `:has`: with it, each row that comes has all others looked at again.
  document.getElementById("list-pane").toggleAttribute("data-none", !list().firstElementChild && !list().dataset.gone);
  document.dispatchEvent(new CustomEvent("listed"));
}

function select() {
  const before = current;
  current = openConversation();
  const both = new Set([before, current]);
  decorate([...both].map((id) => document.getElementById(`row-${id}`)).filter(Boolean));
}

// The order holds still while the pointer moves in the list or the keyboard is in it. Under the pointer nothing moves at
// all: what is new stands last there, until it rests.
const moves = () => list().matches(":hover") && Date.now() - pointerAt < STILL;
const late = new Set();
// Asked each second while it is held: it changes with the rows alone.
let sorted = null;
const order = (run) => import("./order.js").then(run, () => {}); // the next time

function settle() {
  const still = moves();
  const hold = still || list().contains(document.activeElement);
  const was = "hold" in list().dataset;
  if (!still) {
    for (const row of late) if (hold && row.isConnected) insert(list(), row);
    if (late.size) sorted = null;
    late.clear();
  }
  if (hold) list().dataset.hold = still ? "still" : "";
  else if (was) {
    delete list().dataset.hold;
    sorted = null;
    order(({ sort }) => {
      if ("hold" in list().dataset) return;
      sort(list());
      const some = [...strays];
      strays.clear();
      shed(some);
      decorate(some.filter((row) => row.isConnected));
    });
  }
  const chip = document.querySelector('[data-act="sort"]');
  if (hold) order(({ isSorted }) => set(chip, "hidden", !("hold" in list().dataset) || (sorted ??= isSorted(list()))));
  else set(chip, "hidden", true);
}

// Mine is overdue: said at once, and once.
document.addEventListener("overdue", ({ detail }) => {
  const row = detail.closest("#list > li");
  if (!row) return;
  shout(t("due-said", { name: row.querySelector(".who").textContent, text: promised(detail) }));
});

act("sort", async (chip) => {
  sorted = null;
  await order(({ sort }) => sort(list()));
  chip.hidden = true;
  shownRows()[0]?.querySelector("a").focus();
});

const go = (step) => {
  const links = shownRows().map((row) => row.querySelector("a.conv"));
  const from = links.findIndex((link) => link === document.activeElement);
  const start = from >= 0 ? from : links.findIndex((link) => link.ariaCurrent === "true");
  const next = start < 0 ? firstSeen()?.querySelector("a.conv") : links[Math.min(links.length - 1, Math.max(0, start + step))];
  if (!next) return false;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
};
// With nothing open yet, J opens the first; from then on it moves, and Enter opens.
const openFirst = () => {
  const [first] = shownRows();
  if (first) open(idOf(first)).then(() => document.querySelector(`#${first.id} a`)?.focus());
};
// Arrows only where one is in the list: elsewhere they scroll.
const inside = () => list().contains(document.activeElement);
const away = (event) => event?.key.length > 1 && !inside();
key("down", (event) => (away(event) ? false : openConversation() || inside() ? go(1) : openFirst()));
key("up", (event) => (away(event) ? false : go(-1)));
const unread = (run) => void when(import("./unread.js"), run);
key("unread-next", () => unread(({ go }, wanted) => go(1, wanted)));
key("unread-before", () => unread(({ go }, wanted) => go(-1, wanted)));
key("needs-me", () => unread(({ needs }) => needs()));

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#list a.conv, a[data-open]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const at = new URLSearchParams(link.search).get("at");
  open(link.pathname.slice("/inbox/".length), { focus: at ? "title" : "composer", at });
});
document.addEventListener("pointermove", ({ target }) => {
  if (list().contains(target)) {
    pointerAt = Date.now();
    list().dataset.hold = "still";
  }
});
document.addEventListener("focusin", settle);
document.addEventListener("second", settle);
document.addEventListener("patched", ({ detail }) => {
  const here = detail.filter((element) => element.parentElement === list());
  const { hold } = list().dataset;
  if (hold !== undefined) for (const row of here) if (known.has(row)) strays.add(row);
  if (hold) for (const row of here) if (!known.has(row)) late.add(row);
  shed(here.filter((row) => !strays.has(row)));
  decorate(here.filter((row) => row.isConnected));
  if (here.length) sorted = null;
  settle();
});
document.addEventListener("opened", select);
document.addEventListener("list-drawn", () => {
  sorted = null;
  drawn();
});
document.addEventListener("read-elsewhere", ({ detail }) => readUpTo(detail.conv, detail.n));
document.addEventListener("unread-again", ({ detail: { conv, n: count } }) => {
  reads[conv] = count;
  decorate([document.getElementById(`row-${conv}`)].filter(Boolean));
});
drawn();
