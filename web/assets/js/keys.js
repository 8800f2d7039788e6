// Keys outside of fields. Which one does what is decided by the server's table, which stands in the page as its help:
// scripts say under a name what is done. Single keys can be turned off by the person (WCAG 2.1.4).
import { act } from "./act.js";
import { toast } from "./say.js";
import { t } from "./words.js";

const PAIR = 1500;
const LONGEST_HOLD = 8000;
const table = document.getElementById("keys");
const runs = new Map();
const names = new Map();
for (const { dataset } of table?.querySelectorAll("[data-does]") ?? []) {
  for (const way of dataset.keys.split(",")) names.set(way, dataset.does);
}
const begins = new Set([...names.keys()].filter((way) => way[1] === " ").map(([letter]) => letter));

/** What a name of the table does; `run` may answer false when it does not apply now. Answers what it did before. */
export function key(name, run) {
  const before = runs.get(name);
  runs.set(name, run);
  return before;
}

/** Do what a name says; answers false where nothing was done. */
export const press = (name, event) => runs.has(name) && runs.get(name)(event) !== false;

/** Whether the focus is where keys mean text. */
export const isField = (element) => element?.matches?.("input, textarea, select, [contenteditable]") ?? false;

// What is typed while something loads is neither a key of the page nor text of the field that is left: it belongs to the
// field that comes.
let held = null;

function write(text, left) {
  const field = document.activeElement;
  if (!text || field === left || !/^(text|search|textarea)/.test(field.type)) return;
  field.setRangeText(text, field.value.length, field.value.length, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/**
 * Until something is there, keep what is typed for the field that has the focus then: a palette that is on its way, a
 * conversation's composer. Esc gives it up, as does who goes into another field or asks for something else: `begin` is
 * told by what it gets whether it is still wanted. What is `firm` comes all the same, without that focus.
 */
export async function hold(begin, firm) {
  const left = document.activeElement;
  const mine = { text: held?.text ?? "", on: true, firm };
  if (held && !held.firm) held.on = false;
  held = mine;
  const release = () => held === mine && (held = null);
  const late = setTimeout(release, LONGEST_HOLD);
  try {
    await begin(() => mine.on);
    if (held === mine) write(mine.text, left);
  } finally {
    clearTimeout(late);
    release();
  }
}

/** The same with what is imported for it. */
export const when = (coming, run) =>
  hold(async (wanted) => {
    const all = await coming.catch(() => toast(t("failed"), { loud: true }));
    if (all && wanted()) await run(all, wanted);
  });

function giveUp() {
  held.on = false;
  held.text = "";
  if (!held.firm) held = null;
}
const pointed = ({ target }) => held && !held.firm && (isField(target) ? giveUp() : (held.text = ""));
addEventListener("pointerdown", pointed, true);
const typed = (event) => event.key?.length === 1 && (event.getModifierState("AltGraph") || !(event.ctrlKey || event.metaKey || event.altKey));
addEventListener(
  "keydown",
  (event) => {
    if (!held || event.isComposing) return;
    if (typed(event)) held.text += event.repeat ? "" : event.key;
    else if (event.key === "Backspace") held.text = held.text.slice(0, -1);
    else if (event.key === "Escape") giveUp();
    else if (event.key !== "Enter") return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true,
);

// The help, and going to other pages: fetched when it is asked for.
const more = (name) => void when(import("./keys-more.js"), (all) => all[name]?.() ?? all.go(name));
act("keys", () => more("help"));
act("single-keys", ({ checked }) => import("./keys-more.js").then(({ keep }) => keep(checked)));
for (const name of ["help", "go-inbox", "go-floor", "go-admin", "go-me"]) key(name, () => more(name));

// The palette is fetched by who asks for it.
const palette = () => void when(import("./palette.js"), ({ toggle }, wanted) => toggle(wanted));
act("palette", (link, event) => {
  event.preventDefault();
  palette();
});

let first = { letter: "", at: 0 };
function wayOf(event) {
  const letter = event.key.toLowerCase();
  const pair = `${first.letter} ${letter}`;
  if (Date.now() - first.at < PAIR && names.has(pair)) return pair;
  return event.shiftKey && /^\p{L}$/u.test(letter) ? `shift+${letter}` : letter;
}

addEventListener("keydown", (event) => {
  // What fills forms by itself sends keys without a name.
  if (!event.key) return;
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    return palette();
  }
  const single = typed(event);
  if (event.isComposing || event.defaultPrevented || (!single && (event.ctrlKey || event.metaKey || event.altKey))) return;
  const field = isField(event.target);
  if (event.key === "Escape") {
    if (!field) press("leave", event);
    // In a dialog it empties a search or closes; the focus is never between.
    else if (!event.target.closest("dialog")) event.target.blur();
    return;
  }
  if (field || document.querySelector("dialog[open]") || (single && table?.hasAttribute("data-off"))) return;
  const way = wayOf(event);
  first = { letter: begins.has(way) ? way : "", at: Date.now() };
  const run = runs.get(names.get(way));
  if (run && run(event) !== false) event.preventDefault();
});
