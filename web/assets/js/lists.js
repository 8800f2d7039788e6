// Going from list to list without loading the page: the side, chips, order, looking for words, and going on at the end.
import { act } from "./act.js";
import { key, when } from "./keys.js";
import { shownRows } from "./list.js";
import { cursorNow, isLive, watch } from "./live.js";
import { openConversation } from "./panes.js";
import { announce, fragment } from "./patch.js";
import { nameTab, say, toast } from "./say.js";
import { get } from "./send.js";
import { n, t } from "./words.js";

const TYPED = 250;
const AGES = 30_000;

const inbox = document.getElementById("inbox");
const pane = () => document.getElementById("list-pane");
const list = () => document.getElementById("list");
/** The query of the list that is shown. */
export const query = () => pane().dataset.listView.split("?")[1] ?? "";

let loading = null;
let counts = {};

/** A list as the server draws it now, not shown yet. */
export async function fetched(search, signal) {
  const answer = await get(`/inbox/list?${search}`, signal);
  if (!answer.ok) throw new Error(`list: ${answer.status}`);
  return fragment(answer.text).firstElementChild;
}

/** Show another list; what is open stays open. */
export async function show(search, { push = "pushState" } = {}) {
  loading?.abort();
  // What was typed last was meant for the list that goes.
  clearTimeout(typed);
  const mine = (loading = new AbortController());
  const since = cursorNow();
  const late = setTimeout(() => list().setAttribute("aria-busy", "true"), 150);
  try {
    const next = await fetched(search, mine.signal);
    const find = document.getElementById("list-find");
    const typing = document.activeElement === find;
    pane().replaceWith(next);
    // Its words, and where in them one is.
    if (typing) {
      document.getElementById("list-find").replaceWith(find);
      find.focus();
    }
    const id = openConversation();
    if (push) history[push](null, "", `/inbox${id ? `/${id}` : ""}?${search}`);
    document.body.dataset.view = next.dataset.listView;
    if (!id) nameTab(`${next.dataset.title} · Bandeja`);
    watch(id, since);
    document.dispatchEvent(new CustomEvent("list-drawn"));
    announce([next]);
    mark();
    listen();
    if (!(typing && find.value)) say(`${next.dataset.title}. ${document.getElementById("list-count").textContent}`);
  } catch {
    if (!mine.signal.aborted) toast(t("failed"), { loud: true });
  } finally {
    clearTimeout(late);
    list()?.removeAttribute("aria-busy");
    if (loading === mine) loading = null;
  }
}

// The side shows where we are, and each list's number.
function mark() {
  for (const link of document.querySelectorAll("#side a[data-list]")) {
    if (link.dataset.list === pane().dataset.key) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  tell();
}

function tell() {
  const side = document.getElementById("side");
  for (const element of side.querySelectorAll("[data-count]")) {
    const number = counts[element.dataset.count];
    const none = element.dataset.count.startsWith("q-") ? "0" : "";
    const text = element.dataset.count === "mentions" && number === 0 ? "" : String([number ?? none].flat()[0]);
    if (element.textContent !== text) element.textContent = text;
  }
  for (const dot of side.querySelectorAll("[data-light]")) {
    dot.className = `dot ${[counts[dot.dataset.light]].flat()[1] ?? "ok"}`;
  }
  const words = document.getElementById("list-count");
  const known = pane().dataset.key === "mentions" ? undefined : [counts[pane().dataset.key]].flat()[0];
  const { more, gone } = list().dataset;
  const shown = shownRows().length + Number(gone ?? 0);
  const text = n(words.dataset.word, known ?? shown);
  const all = known === undefined && (more || gone) ? text.replace(/\d+/, "$&+") : text;
  if (words.textContent !== all) words.textContent = all;
}

function count() {
  counts = JSON.parse(document.getElementById("counts").dataset.n);
  tell();
}

// What is more than a page of it is fetched, and let go of, as one goes.
const LONG = 300;
function goOn() {
  const { more, gone } = list().dataset;
  if (more || gone || list().childElementCount > LONG) import("./stretch.js").then(({ look }) => look(), () => {}); // the next time
}
// Also where it has become shorter than the column meanwhile.
document.addEventListener("second", () => isLive() && goOn());

function listen() {
  list().addEventListener("scroll", goOn, { passive: true });
  goOn();
}

/** The query of the shown list, changed. */
export const changed = (change) => {
  const pairs = new URLSearchParams(query());
  change(pairs);
  return pairs.toString();
};

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-list]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  shut();
  show(link.search.slice(1));
});

let typed = 0;
document.addEventListener("input", ({ target }) => {
  if (target.id !== "list-find") return;
  clearTimeout(typed);
  const text = target.value.trim();
  typed = setTimeout(() => show(changed((pairs) => (text ? pairs.set("q", text) : pairs.delete("q"))), { push: "replaceState" }), TYPED);
});
key("find", () => document.getElementById("list-find").focus());

// On narrower screens the side is a menu of the list's title.
function shut() {
  delete inbox.dataset.side;
}
act("side", () => {
  if ("side" in inbox.dataset) return shut();
  inbox.dataset.side = "open";
  document.querySelector("#side a[aria-current], #side a")?.focus();
});
key("lists", () => {
  const button = document.querySelector('[data-act="side"]');
  if (button?.checkVisibility() && !button.disabled) return button.click();
  document.querySelector("#side a[aria-current], #side a")?.focus();
});
document.addEventListener("pointerdown", ({ target }) => {
  if (!target.closest?.("#side, .view-switch")) shut();
  for (const menu of document.querySelectorAll(".sort-menu[open]")) if (!menu.contains(target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.(".sort-menu[open], #side");
  if (!menu) return;
  event.stopPropagation();
  if (menu.id === "side") document.querySelector(".view-switch").focus();
  else menu.querySelector("summary").focus();
  menu.open = false;
  shut();
});

for (const [name, run] of [["filters", "toggle"], ["sort-by", "sortBy"]]) act(name, (button) => when(import("./filters.js"), (all, wanted) => all[run](button, wanted)));

addEventListener("popstate", () => {
  const pairs = new URLSearchParams(location.search);
  pairs.delete("at");
  const search = String(pairs) || "list=mine";
  if (search !== query()) show(search, { push: false });
});
document.addEventListener("listed", tell);
// On a phone the list is seen again.
document.addEventListener("opened", () => goOn());
document.addEventListener("patched", ({ detail }) => detail.some((element) => element.id === "counts") && count());
// What is late, or whose window closes, changes by waiting alone.
setInterval(() => {
  if ("ages" in pane().dataset && !document.hidden && !loading) import("./anew.js").then(({ renew }) => renew()).catch(() => {}); // the next time
}, AGES);
count();
listen();
