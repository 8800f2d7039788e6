// How much of a list is on the page: it goes on where one gets to its end, and what is far from the eyes is let go of and
// fetched again. However far somebody went, some hundred rows are here. Fetched when a list is more than its first page.
import { loaded, span, take } from "./list.js";
import { fetched, query } from "./lists.js";
import { cursorNow, watch } from "./live.js";
import { openConversation } from "./panes.js";
import { announce, compare, place, placeOf } from "./patch.js";

// In pixels: so near to the end is fetched what comes next, so near to what was let go of above is that, and what is
// further than FAR goes.
const NEAR_END = 800;
const NEAR_START = 2400;
const FAR = 5000;
/** So many rows are let go of at once. */
const PIECE = 50;
const AGAIN = 5000;

const pane = () => document.getElementById("list-pane");
const list = () => document.getElementById("list");

// What was let go of above the shown list, piece after piece: after which place it began, how high it was, how many rows.
let pieces = [];
let turn = Promise.resolve();
let looking = false;
// What is still being fetched for the list before is dropped when it comes.
document.addEventListener("list-drawn", () => {
  pieces = [];
  turn = Promise.resolve();
  looking = false;
});

/** One after the other: what was fetched has to fit to what is there. */
export const inTurn = (run) => (turn = turn.then(run, run));

/** The shown list's next rows, from where the server said that it goes on. */
export const after = (more) => fetched(`${query()}&after=${encodeURIComponent(more)}`);
/** Its rows from a place on, or from the beginning. */
export const from = async (place) => (place ? after(place.join("~")) : (await fetched(query())).querySelector("#list"));

/** The list is loaded as far as a place, and goes on as `more` says; without that, it ends there. */
export function ends(more, place) {
  if (more) list().dataset.more = more;
  else delete list().dataset.more;
  loaded(span()[0], more ? place : null);
}

/** Fetch what is near the eyes, let go of what is far. */
export async function look() {
  if (looking) return;
  looking = true;
  let again = AGAIN;
  try {
    again = (await inTurn(step)) && 1;
  } catch {
    // A scroll tries again at once.
  }
  looking = false;
  if (again) setTimeout(look, again);
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
  const next = await after(more);
  if (rows !== list()) return true;
  take(next);
  const [, end] = span();
  const last = next.lastElementChild ? placeOf(rows, next.lastElementChild) : end;
  // What was let go of is told to the second: it may begin a little before it.
  ends(next.dataset.more, end && compare(rows, last, end) < 0 ? end : last);
  rows.toggleAttribute("data-looking", !next.firstElementChild && "more" in next.dataset);
  draw(rows, next, since);
  return true;
}

function draw(rows, next, since) {
  announce(place(rows, next));
  // A row that came while this was fetched belonged beyond what was there.
  watch(openConversation(), since);
}

const height = (some) => some.reduce((sum, piece) => sum + piece.height, 0);

// What is above stands as empty height: nothing moves, and the scrollbar tells how far down one is.
function leaveRoom(rows, some) {
  pieces = some;
  rows.style.setProperty("--gone", `${height(pieces)}px`);
  rows.dataset.gone = pieces.reduce((sum, piece) => sum + piece.rows, 0);
}

const shownOf = (rows) => [...rows.children].filter((row) => !row.hidden);

// What is above the eyes changes, and what is before them stays where it is. Not every browser sees to that itself.
function still(rows, change) {
  const { top } = rows.getBoundingClientRect();
  const seen = shownOf(rows).find((row) => row.getBoundingClientRect().bottom > top);
  const stood = seen?.getBoundingClientRect().top;
  rows.style.overflowAnchor = "none";
  change();
  if (seen?.isConnected) rows.scrollTop += seen.getBoundingClientRect().top - stood;
  rows.style.overflowAnchor = "";
}

// What is open or in somebody's hands stays; the rest comes again.
const stays = (row) => row.id === `row-${openConversation()}` || row.contains(document.activeElement);

function letGo(rows) {
  // What was chosen is on the page.
  if (rows.childElementCount < 2 * PIECE || pane().hasAttribute("data-choosing")) return;
  const all = shownOf(rows);
  const boxes = all.map((row) => row.getBoundingClientRect());
  const { top, bottom } = rows.getBoundingClientRect();
  let last = all.length - 1;
  while (last > PIECE && boxes[last - PIECE].top > bottom + FAR) last -= PIECE;
  let first = 0;
  while (first + PIECE < last && boxes[first + PIECE].top < top - FAR) first += PIECE;
  if (!first && last === all.length - 1) return;
  // While the order is held, not all stand where they belong: so many rows are as many places.
  const places = all.map((row) => placeOf(rows, row)).sort((one, other) => compare(rows, one, other));
  still(rows, () => {
    for (let at = 0; at < first; at += PIECE) {
      const next = at + PIECE;
      const [gone, kept] = [[], []];
      for (let n = at; n < next; n += 1) (stays(all[n]) || compare(rows, placeOf(rows, all[n]), places[next]) >= 0 ? kept : gone).push(n);
      const high = boxes[next].top - boxes[at].top - kept.reduce((sum, n) => sum + boxes[n].height, 0);
      leaveRoom(rows, [...pieces, { from: span()[0], height: high, rows: gone.length }]);
      loaded(places[next], span()[1]);
      for (const n of gone) all[n].remove();
    }
  });
  if (last === all.length - 1) return;
  ends(places[last].join("~"), places[last]);
  for (const row of all.slice(last + 1)) if (!stays(row) && compare(rows, placeOf(rows, row), places[last]) > 0) row.remove();
}

// What is just above the eyes, or, where somebody went far at once, what they look at now and nothing between.
async function back(rows) {
  const since = cursorNow();
  let at = pieces.length - 1;
  while (at > 0 && rows.scrollTop < height(pieces.slice(0, at))) at -= 1;
  const far = at < pieces.length - 1;
  const piece = pieces[at];
  const [start] = span();
  const found = document.createDocumentFragment();
  let next = await from(piece.from);
  let last = null;
  for (;;) {
    take(next);
    if (next.lastElementChild) last = placeOf(rows, next.lastElementChild);
    found.append(...next.children);
    if (!next.dataset.more || (last && (far || compare(rows, last, start) >= 0))) break;
    next = await after(next.dataset.more);
  }
  if (rows !== list() || piece !== pieces[at]) return true;
  still(rows, () => {
    if (far) for (const row of [...rows.children]) if (!stays(row)) row.remove();
    leaveRoom(rows, pieces.slice(0, at));
    loaded(piece.from, span()[1]);
    if (far) ends(next.dataset.more, last);
    draw(rows, found, since);
  });
  return true;
}
