// Going to what is unread and to who waits for one, over the lists in the order in which they stand.
import { nextNeeding } from "./bell-rule.js";
import { shownRows } from "./list.js";
import { fetched, query, show } from "./lists.js";
import { own } from "./own.js";
import { open, openConversation } from "./panes.js";
import { say, toast } from "./say.js";
import { n, t } from "./words.js";

const list = () => document.getElementById("list");
const isUnread = (row) => row.querySelector("a.unread") !== null;
const idOf = (row) => row.id.slice("row-".length);

// The place in the list stays: who goes through it with the keyboard does so after it, too.
async function arrive(id, words) {
  const inList = list().contains(document.activeElement);
  await open(id, { focus: inList ? null : "composer" });
  const row = document.getElementById(`row-${id}`);
  row?.scrollIntoView({ block: "nearest" });
  if (inList) row?.querySelector("a")?.focus({ preventScroll: true });
  say(t("went", { name: document.getElementById("thread-title")?.textContent ?? "", text: words }));
}
const wordsOf = (row) => row?.querySelector(".badge")?.ariaLabel ?? "";

function inThis(step) {
  const all = shownRows();
  const focused = all.findIndex((row) => row.contains(document.activeElement));
  const from = focused >= 0 ? focused : all.findIndex((row) => idOf(row) === openConversation());
  const after = step > 0 ? all.slice(from + 1) : all.slice(0, Math.max(from, 0)).reverse();
  return { ahead: after.find(isUnread), round: (step > 0 ? all : all.toReversed()).find((row) => isUnread(row) && idOf(row) !== openConversation()) };
}

// The other lists, from the shown one on, and round.
function others(step) {
  const links = [...document.querySelectorAll("#side a[data-list]")];
  const at = links.findIndex((link) => link.ariaCurrent === "true");
  const rest = [...links.slice(at + 1), ...links.slice(0, Math.max(at, 0))].filter((link) => !["closed", "snoozed"].includes(link.dataset.list));
  return step > 0 ? rest : rest.reverse();
}

let going = false;
/** To the next unread, or with -1 to the one before: in this list, then in the others. */
export async function go(step, wanted) {
  if (going) return;
  going = true;
  try {
    const { ahead, round } = inThis(step);
    if (ahead) return await arrive(idOf(ahead), wordsOf(ahead));
    const searches = others(step).map((link) => link.search.slice(1)).filter((one) => one !== query());
    // What of this list is not here is asked for too: first where it lies ahead.
    const { more, gone } = list().dataset;
    if (step > 0 ? more : gone) searches.unshift(query());
    else if (!round && (more || gone)) searches.push(query());
    for (const search of searches) {
      const isShown = search === query();
      const found = await fetched(`${search}&unread=1`);
      if (!wanted()) return;
      const reads = JSON.parse(found.querySelector("#list")?.dataset.read || "{}");
      const isElsewhere = (row) => !isShown || !document.getElementById(row.id);
      const unread = [...found.querySelectorAll("#list > li")].filter((row) => isElsewhere(row) && idOf(row) !== openConversation() && Number(row.dataset.in) > (reads[idOf(row)] ?? 0));
      const row = unread.at(step > 0 ? 0 : -1);
      if (!row) continue;
      const words = n("unread", Number(row.dataset.in) - (reads[idOf(row)] ?? 0));
      if (isShown) return await arrive(idOf(row), words);
      await show(search);
      if (!wanted()) return;
      return await arrive(idOf(row), `${document.getElementById("list-pane").dataset.title}. ${words}`);
    }
    if (round) return await arrive(idOf(round), wordsOf(round));
    toast(t("unread-none"));
  } catch {
    toast(t("failed"), { loud: true });
  } finally {
    going = false;
  }
}

/** To who of one's own waits most. */
export function needs() {
  const all = own();
  const id = nextNeeding(all, openConversation());
  if (!id) return toast(t("needs-none"));
  const { unread } = all.find((one) => one.conv === id);
  return arrive(id, unread ? n("unread", unread) : "");
}
