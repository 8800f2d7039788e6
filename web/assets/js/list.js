// The list: unread for me, selection, order that does not move under the pointer, J and K.
import { act } from "./act.js";
import { promised } from "./due.js";
import { key } from "./keys.js";
import { open, openConversation } from "./panes.js";
import { insert, mayPrecede } from "./patch.js";
import { countTab, say, shout, toast } from "./say.js";
import { send } from "./send.js";
import { n, t } from "./words.js";

const STILL = 4000;
const list = () => document.getElementById("list");
const rows = () => [...list().children];
const idOf = (row) => row.id.slice("row-".length);

let reads = JSON.parse(list().dataset.read || "{}");
let pointerAt = 0;

/** This person has read so many of a conversation's messages, here or in another tab. */
export function readUpTo(id, count) {
  if ((reads[id] ?? 0) >= count) return;
  reads[id] = count;
  decorate();
}

/** How many messages of the customer a conversation has, as far as the list knows. */
export const inboundOf = (id) => Number(document.getElementById(`row-${id}`)?.dataset.in ?? 0);

/** The conversation below an open one, else the one above: where work goes on after it is resolved. */
export function neighbour(id) {
  const row = document.getElementById(`row-${id}`);
  const next = row?.nextElementSibling ?? row?.previousElementSibling;
  return next ? idOf(next) : null;
}

function decorate() {
  const current = openConversation();
  let total = 0;
  for (const row of rows()) {
    const id = idOf(row);
    const link = row.querySelector("a.conv");
    const badge = row.querySelector(".badge");
    const unread = Math.max(0, Number(row.dataset.in) - (reads[id] ?? 0));
    total += unread > 0 ? 1 : 0;
    link.classList.toggle("unread", unread > 0);
    badge.hidden = unread === 0;
    badge.textContent = unread > 99 ? "99+" : String(unread);
    badge.setAttribute("aria-label", n("unread", unread));
    badge.setAttribute("role", "img");
    if (id === current) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  countTab(total);
  for (const pip of document.querySelectorAll("[data-unread-pip]")) pip.hidden = total === 0;
  const count = rows().length;
  const words = document.getElementById("list-count");
  if (words) words.textContent = n("count", count);
  for (const number of document.querySelectorAll("[data-count]")) number.textContent = count;
}

// The order holds still while the pointer moves in the list or the keyboard is in it.
const held = () =>
  (list().matches(":hover") && Date.now() - pointerAt < STILL) || list().contains(document.activeElement);
const byDue = () => list().dataset.by === "sla";
const inOrder = () => rows().every((row, at, all) => at === 0 || mayPrecede(list(), all[at - 1], row));

function sort() {
  if (inOrder()) return;
  for (const row of rows()) insert(list(), row);
}

function settle() {
  const hold = held();
  if (hold) list().dataset.hold = "";
  else {
    delete list().dataset.hold;
    sort();
  }
  const chip = document.querySelector('[data-act="sort"]');
  if (chip) chip.hidden = !hold || inOrder();
}

// What falls due first, or what was said last: kept for this person wherever they sign in.
act("by-due", async (button) => {
  const on = !byDue();
  button.setAttribute("aria-pressed", String(on));
  if (on) list().dataset.by = "sla";
  else delete list().dataset.by;
  list().append(...rows().sort((one, other) => (mayPrecede(list(), one, other) ? -1 : 1)));
  settle();
  say(t(on ? "by-due" : "by-activity"));
  const answer = await send("PUT", "/me/list-order", { order: on ? "sla" : "activity" });
  if (!answer.ok) toast(t("failed"), { loud: true });
});

// Mine is overdue: said at once, and once.
document.addEventListener("overdue", ({ detail }) => {
  const row = detail.closest("#list > li");
  if (!row) return;
  shout(t("due-said", { name: row.querySelector(".who").textContent, text: promised(detail) }));
});

act("sort", (chip) => {
  for (const row of rows()) insert(list(), row);
  chip.hidden = true;
  list().querySelector("a")?.focus();
});

const go = (step) => {
  const links = rows().map((row) => row.querySelector("a.conv"));
  const from = links.findIndex((link) => link === document.activeElement);
  const start = from >= 0 ? from : links.findIndex((link) => link.ariaCurrent === "true");
  const next = links[Math.min(links.length - 1, Math.max(0, start + step))];
  if (!next) return false;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
};
// With nothing open yet, J opens the first; from then on it moves, and Enter opens.
const openFirst = () => {
  const first = rows()[0];
  if (first) open(idOf(first)).then(() => document.querySelector(`#${first.id} a`)?.focus());
};
key("j", () => (openConversation() || list().contains(document.activeElement) ? go(1) : openFirst()));
key("k", () => go(-1));
key("ArrowDown", () => list().contains(document.activeElement) && go(1));
key("ArrowUp", () => list().contains(document.activeElement) && go(-1));

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#list a.conv, a[data-open]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  open(link.pathname.slice("/inbox/".length), { focus: "composer" });
});
document.addEventListener("pointermove", ({ target }) => {
  if (list().contains(target)) {
    pointerAt = Date.now();
    list().dataset.hold = "";
  }
});
document.addEventListener("focusin", settle);
document.addEventListener("second", settle);
document.addEventListener("patched", () => {
  decorate();
  settle();
});
document.addEventListener("opened", () => {
  const fresh = JSON.parse(list().dataset.read || "{}");
  for (const [id, count] of Object.entries(fresh)) reads[id] = Math.max(reads[id] ?? 0, count);
  decorate();
});
document.addEventListener("read-elsewhere", ({ detail }) => readUpTo(detail.conv, detail.n));
decorate();
