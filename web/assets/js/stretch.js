// How much of a list is on the page: it goes on where one gets to its end, and what is far from the eyes is let go of and
// fetched again. However far somebody went, some hundred rows are here. Fetched when a list is more than its first page.
import { decorate, firstSeen, kept, lastPlace, loaded, shownRows, span, take } from "./list.js";
import { fetched, query } from "./lists.js";
import { cursorNow, watch } from "./live.js";
import { openConversation } from "./panes.js";
import { announce, compare, place, placeOf } from "./patch.js";

// In pixels: so near to the end is fetched what comes next, so near to what was let go of above is that, and what is
// further than FAR goes.
const NEAR_END = 800;
const NEAR_START = 2400;
const FAR = 5000;
// So many rows are let go of at once: a page of the server has ten more, and so reaches over to what is there.
const PIECE = 40;
// After a failure, in milliseconds.
const AGAIN = 3000;

const pane = () => document.getElementById("list-pane");
const list = () => document.getElementById("list");

// What was let go of above the shown list, piece after piece: after which place it began, how high it was, how many rows.
let pieces = [];
let turn = Promise.resolve();
let looking = false;
let timer = 0;
let notBefore = 0;
// What is still being fetched for the list before is dropped when it comes.
document.addEventListener("list-drawn", () => {
  pieces = [];
  turn = Promise.resolve();
  looking = false;
});

/** One after the other: what was fetched has to fit to what is there. */
export const inTurn = (run) => (turn = turn.then(run, run));

// In the order in which it is drawn: what somebody likes best they may have changed in another tab.
const ordered = () => `${query()}&sort=${list().dataset.sort}`;
/** The shown list's next rows, from where the server said that it goes on. */
export const rowsAfter = (more) => fetched(`${ordered()}&after=${encodeURIComponent(more)}`);
/** Its rows after a place, or from the beginning. */
export const rowsFrom = async (place) => (place ? rowsAfter(place.join("~")) : (await fetched(ordered())).querySelector("#list"));

/** The list is loaded as far as a place, and goes on as `more` says, to where nothing was found yet; without that, it ends there. */
export function goesOn(more, place, looked = false) {
  const { dataset } = list();
  if (more) dataset.more = more;
  else delete dataset.more;
  list().toggleAttribute("data-looking", Boolean(more && looked));
  loaded(span()[0], more ? place : null);
}

/** Fetch what is near the eyes, let go of what is far. */
export async function look() {
  if (looking || Date.now() < notBefore) return;
  looking = true;
  let again = AGAIN;
  try {
    again = (await inTurn(step)) && 1;
  } catch {
    notBefore = Date.now() + AGAIN;
  }
  looking = false;
  clearTimeout(timer);
  if (again) timer = setTimeout(look, again);
}

async function step() {
  const rows = list();
  if (!pane().checkVisibility()) return false;
  letGo(rows);
  if (pieces.length && rows.scrollTop - height(pieces) < NEAR_START) return back(rows);
  const { more } = rows.dataset;
  if (more && rows.scrollHeight - rows.clientHeight - rows.scrollTop < NEAR_END) return onward(rows, more);
  return false;
}

async function onward(rows, more) {
  const since = cursorNow();
  const next = await rowsAfter(more);
  if (rows !== list()) return true;
  take(next);
  const [, end] = span();
  const last = lastPlace(next.children) ?? end;
  const isEmpty = !next.firstElementChild;
  goesOn(next.dataset.more, end && compare(rows, last, end) < 0 ? end : last, isEmpty);
  const { lastElementChild } = rows;
  draw(rows, next, since);
  // Where all of it came in further up, the next scroll or second goes on.
  return isEmpty || rows.lastElementChild !== lastElementChild;
}

function draw(rows, next, since) {
  announce(place(rows, next));
  // A row that came while this was fetched belonged beyond what was there.
  watch(openConversation(), since);
}

// What was chosen is on the page: nothing is let go of then.
const isChoosing = () => pane().hasAttribute("data-choosing");
const height = (some) => some.reduce((sum, piece) => sum + piece.height, 0);

// What is above stands as empty height: nothing moves, and the scrollbar tells how far down one is.
function leaveRoom(rows, some) {
  pieces = some;
  rows.style.setProperty("--gone", `${height(pieces)}px`);
  if (pieces.length) rows.dataset.gone = pieces.reduce((sum, piece) => sum + piece.rows, 0);
  else delete rows.dataset.gone;
}

// What is above the eyes changes, and what is before them stays where it is. Not every browser sees to that itself.
function still(rows, change) {
  const seen = firstSeen();
  const stood = seen?.getBoundingClientRect().top;
  rows.style.overflowAnchor = "none";
  change();
  if (seen?.isConnected) rows.scrollTop += seen.getBoundingClientRect().top - stood;
  rows.style.overflowAnchor = "";
}

function letGo(rows) {
  if (rows.childElementCount < 2 * PIECE || isChoosing()) return;
  const all = shownRows();
  const boxes = all.map((row) => row.getBoundingClientRect());
  const { top, bottom } = rows.getBoundingClientRect();
  let last = all.length - 1;
  while (last > PIECE && boxes[last - PIECE].top > bottom + FAR) last -= PIECE;
  let first = 0;
  while (first + PIECE < last && boxes[first + PIECE].top < top - FAR) first += PIECE;
  if (!first && last === all.length - 1) return;
  const stays = kept();
  for (const row of [...rows.children]) if (row.classList.contains("vh") && !stays.has(row)) row.remove();
  // While the order is held, not all stand where they belong: so many rows are as many places.
  const places = all.map((row) => placeOf(rows, row)).sort((one, other) => compare(rows, one, other));
  still(rows, () => {
    for (let at = 0; at < first; at += PIECE) {
      const next = at + PIECE;
      // What is beyond may stand here while the order is held, or some are chosen: an edge is never outside of what is loaded.
      if (span()[0] && compare(rows, places[next - 1], span()[0]) <= 0) break;
      const far = all.slice(at, next).filter((row) => compare(rows, placeOf(rows, row), places[next - 1]) <= 0);
      if (!far.length) break;
      const near = boxes.slice(at, next).filter((_, n) => !far.includes(all[at + n]));
      const high = boxes[next].top - boxes[at].top - near.reduce((sum, box) => sum + box.height, 0);
      leaveRoom(rows, [...pieces, { from: span()[0], height: high, rows: far.length }]);
      loaded(places[next - 1], span()[1]);
      for (const row of far) if (!stays.has(row)) row.remove();
    }
    const [, end] = span();
    if (last < all.length - 1 && !(end && compare(rows, places[last], end) >= 0)) {
      goesOn(places[last].join("~"), places[last]);
      for (const row of all.slice(last + 1)) if (!stays.has(row) && compare(rows, placeOf(rows, row), places[last]) > 0) row.remove();
    }
    decorate(stays);
  });
}

// What is just above the eyes, or, where somebody went far at once, what they look at now and nothing between.
async function back(rows) {
  const since = cursorNow();
  let at = pieces.length - 1;
  while (at > 0 && rows.scrollTop < height(pieces.slice(0, at))) at -= 1;
  const far = at < pieces.length - 1 && !isChoosing();
  if (!far) at = pieces.length - 1;
  const piece = pieces[at];
  const [start] = span();
  const found = document.createDocumentFragment();
  let next = await rowsFrom(piece.from);
  let last = null;
  for (;;) {
    take(next);
    last = lastPlace(next.children) ?? last;
    found.append(...next.children);
    if (!next.dataset.more || (last && (far || compare(rows, last, start) >= 0))) break;
    next = await rowsAfter(next.dataset.more);
  }
  if (rows !== list()) return true;
  const stays = kept();
  still(rows, () => {
    if (far) for (const row of [...rows.children]) if (!stays.has(row)) row.remove();
    leaveRoom(rows, pieces.slice(0, at));
    loaded(piece.from, span()[1]);
    if (far) goesOn(next.dataset.more, last);
    draw(rows, found, since);
    decorate(stays);
  });
  return true;
}
