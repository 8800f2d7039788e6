// What is on the page, as the server would draw it now, under the hands of whoever works there: what is open stays open, and
// what is being read, written, recorded or chosen goes on. Fetched when it is first needed.
import { lastPlace, span, take } from "./list.js";
import { cursorNow, watch } from "./live.js";
import { sort } from "./order.js";
import { addressOf, isSignedOut, openConversation } from "./panes.js";
import { announce, apply, compare, fragment, morph, parsePage, place, placeOf, remove } from "./patch.js";
import { nameTab } from "./say.js";
import { get } from "./send.js";
import { goesOn, inTurn, rowsAfter, rowsFrom } from "./stretch.js";

// Of a list so much is looked through at most, each time that time alone may have changed it.
const ROWS = 500;
const AT_END = 100;

const byId = (id) => document.getElementById(id);
const list = () => byId("list");
const thread = () => document.querySelector("[data-thread]");

/**
 * The shown list, as far as it is loaded; `first` is its beginning as it was drawn up to `since`. Rows come and go as by what
 * the line tells.
 */
export function renew(first = null, since = cursorNow()) {
  const here = list();
  const isThis = !first || first.dataset.listView === byId("list-pane").dataset.listView;
  return inTurn(() => here === list() && isThis && drawList(here, first, since));
}

async function drawList(here, first, since) {
  const [start] = span();
  const isLoaded = (row) => !start || compare(here, placeOf(here, row), start) > 0;
  const before = [...here.children].filter(isLoaded);
  const most = Math.min(before.length, first ? Infinity : ROWS);
  const found = [];
  let next = first && !start ? first.querySelector("#list") : await rowsFrom(start);
  for (;;) {
    found.push(...next.children);
    take(next);
    if (!next.dataset.more || found.length >= most) break;
    next = await rowsAfter(next.dataset.more);
  }
  // Another list was chosen meanwhile.
  if (here !== list()) return;
  const { more } = next.dataset;
  const last = more ? lastPlace(found) : null;
  if (!more || found.length >= before.length) goesOn(more, last);
  const stays = new Set(found.map(({ id }) => id));
  // What was read stays in a list of the unread while it is open.
  if ("unreadOnly" in here.dataset) stays.add(`row-${openConversation()}`);
  const content = document.createDocumentFragment();
  content.append(...found);
  // Rows that change places do so together: one by one, each is looked for among thousands.
  const held = "hold" in here.dataset;
  here.dataset.hold ??= "";
  const placed = place(here, content);
  if (!held) {
    delete here.dataset.hold;
    sort(here);
  }
  for (const row of before) {
    const isTold = !last || compare(here, placeOf(here, row), last) <= 0;
    if (row.isConnected && isTold && !stays.has(row.id)) remove(row);
  }
  announce(placed);
  watch(openConversation(), since);
}

// The message that somebody reads who is not at the end, and how far down it stands.
function reading() {
  const here = thread();
  if (!here) return null;
  const { scrollTop, scrollHeight, clientHeight } = here;
  if (!here.dataset.newer && scrollHeight - clientHeight - scrollTop < AT_END) return null;
  const entry = [...here.querySelectorAll(':scope > [id^="m-"]')].find(({ offsetTop }) => offsetTop >= scrollTop);
  return entry && { id: entry.id, down: entry.offsetTop - scrollTop };
}

/** Too much was missed to be told: all of it anew. Throws where that fails. */
export async function refetch() {
  const conv = openConversation();
  const at = reading();
  // All frames wait behind this: one that hangs must end.
  const ask = (address) => fetch(address, { signal: AbortSignal.timeout(20_000) });
  let answer = await ask(addressOf(conv, at?.id.slice("m-".length)));
  if (answer.status === 404 && conv) {
    document.dispatchEvent(new CustomEvent("gone", { detail: `thread-${conv}` }));
    answer = await ask(addressOf(null));
  }
  if (isSignedOut(answer)) return;
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`);
  const page = parsePage(await answer.text());
  const since = Number(page.body.dataset.cursor);
  const focused = document.activeElement;
  const drawn = [];
  for (const id of ["saved-views", "counts", "me-presence", "next"]) {
    const next = page.getElementById(id);
    if (!next || !byId(id)) continue;
    byId(id).replaceWith(document.adoptNode(next));
    drawn.push(next);
  }
  // Of the cards beside the page the server draws what is offered; the others stand until they are answered.
  const offers = page.getElementById("offers");
  for (const card of byId("offers").querySelectorAll(":scope > [data-left]")) if (!page.getElementById(card.id)) card.remove();
  drawn.push(...place(byId("offers"), offers));
  // Another conversation was opened meanwhile: it was drawn later than this.
  const pane = page.getElementById("thread-pane");
  if (conv && conv === openConversation() && conv === pane.dataset.conv) {
    const now = reading() ?? at;
    drawHead(pane);
    for (const part of [".thread-box", ".planned", ".company"]) {
      const next = document.adoptNode(pane.querySelector(`:scope > ${part}`));
      byId("thread-pane").querySelector(`:scope > ${part}`).replaceWith(next);
      drawn.push(next);
    }
    // It is where one is, and nothing that was looked for.
    delete thread().dataset.at;
    drawn.push(drawDetails(page));
    watch(conv, since);
    announce(drawn);
    document.dispatchEvent(new CustomEvent("opened", { detail: conv }));
    const entry = now && byId(now.id);
    if (entry) thread().scrollTop = entry.offsetTop - now.down;
  } else announce(drawn);
  back(focused);
  await renew(page.getElementById("list-pane"), since);
}

/** Who the contact of the open conversation is: the panel beside it, its head, and its row. */
export async function redraw() {
  const conv = openConversation();
  const answer = await get(`/inbox/${conv}`);
  if (!answer.ok || conv !== openConversation()) return;
  const page = fragment(answer.text);
  const focused = document.activeElement;
  drawHead(page.getElementById("thread-pane"));
  announce([drawDetails(page), byId("thread-pane").querySelector(":scope > .thread-head")]);
  back(focused);
  renew().catch(() => {}); // The line tells most of it.
}

function drawHead(pane) {
  const head = pane.querySelector(":scope > .thread-head");
  const state = head.querySelector(".thread-state");
  const standing = byId(state.id);
  // A frame may have told more of where it stands.
  apply([{ to: state.id, how: "morph", h: state.outerHTML }]);
  state.replaceWith(standing.cloneNode(true));
  morph(byId("thread-pane").querySelector(":scope > .thread-head"), head);
  byId("thread-pane").dataset.title = pane.dataset.title;
  nameTab(`${pane.dataset.title} · Bandeja`);
}

// What is unfolded or being looked at in the panel stays so.
function drawDetails(page) {
  const before = byId("details-pane");
  const next = document.adoptNode(page.getElementById("details-pane"));
  const files = before.querySelector("[data-files][open]");
  const drawn = next.querySelector("[data-files]");
  if (files && files.dataset.contact === drawn?.dataset.contact) drawn.replaceWith(files);
  next.toggleAttribute("data-open", before.hasAttribute("data-open"));
  const { scrollTop } = before;
  before.replaceWith(next);
  document.dispatchEvent(new CustomEvent("redrawn"));
  next.scrollTop = scrollTop;
  return next;
}

// What had the focus and was drawn anew has it again.
function back(element) {
  if (element.isConnected) return element.focus({ preventScroll: true });
  const { act, contact } = element.dataset;
  const same = element.id ? `#${CSS.escape(element.id)}` : `[data-act="${act}"]${contact ? `[data-contact="${contact}"]` : ""}`;
  (document.querySelector(same) ?? byId("thread-title"))?.focus({ preventScroll: true });
}
