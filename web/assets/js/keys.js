// Keys outside of fields. Which one does what is decided by the server's table, which stands in the page as its help:
// scripts say under a name what is done. Single keys can be turned off by the person (WCAG 2.1.4).
import { act } from "./act.js";
import { toast } from "./say.js";
import { t } from "./words.js";

const PAIR = 1500;
const AGAIN = 500;
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

// The press before, with its key where that was one of the page, and whether a conversation was gone to since.
let last = {};

/** Whether a key is what is left of the press before it: a repeat that began outside of fields, or the same key again. */
function isRest({ key, repeat, target }) {
  if (repeat) return last.outside;
  const at = Date.now();
  const again = key === last.key && at - last.at < AGAIN;
  const outside = !isField(target);
  if (again) last.at = at;
  else last = { key: outside && !held ? key : "", at, outside };
  return again;
}

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
 *
 * Who presses twice the key that goes to a conversation has not seen yet whom they would write to: within that moment the
 * same key is no text, were it the beginning of a word. Every other key is, and in a search, where a stray letter is seen
 * and does no harm, this one too.
 */
export async function hold(begin, firm) {
  const left = document.activeElement;
  const mine = { text: held?.text ?? "", again: held?.again ?? 0, on: true, firm };
  if (held && !held.firm) held.on = false;
  if (firm) last.went = true;
  held = mine;
  const release = () => held === mine && (held = null);
  const late = setTimeout(release, LONGEST_HOLD);
  try {
    await begin(() => mine.on);
    if (held === mine) write(firm ? mine.text.slice(mine.again) : mine.text, left);
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

const forget = () => Object.assign(held, { text: "", again: 0 });
function giveUp() {
  held.on = false;
  forget();
  if (!held.firm) held = null;
}
const pointed = ({ target }) => held && !held.firm && (isField(target) ? giveUp() : forget());
addEventListener("pointerdown", pointed, true);
const typed = (event) => event.key?.length === 1 && (event.getModifierState("AltGraph") || !(event.ctrlKey || event.metaKey || event.altKey));
addEventListener(
  "keydown",
  (event) => {
    if (event.isComposing) return;
    const rest = isRest(event);
    const field = isField(event.target);
    if (!held) {
      // One press goes to one conversation, however long it lasts.
      const spent = rest && (event.repeat ? field || last.went : field && last.went);
      if (!spent || !/^(.|Enter|Backspace)$/u.test(event.key)) return;
    } else if (typed(event)) {
      if (rest && !event.repeat && held.again === held.text.length) held.again++;
      held.text += event.repeat ? "" : event.key;
    } else if (event.key === "Backspace") {
      held.text = held.text.slice(0, -1);
      held.again = 0; // who corrects means what is left
    } else if (event.key === "Escape") giveUp();
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
