// What is being written, kept for each conversation, the answer and the note apart: here at once, on the server soon
// after, so that another tab, another desk and whoever takes over find it. Nothing is ever written over unseen.
import { get, send } from "./send.js";

export const PREFIX = `bandeja:draft:${document.body.dataset.me}:`;
const SOON = 3000;
const name = (conv, note) => `${conv}${note ? ":note" : ""}`;
const timers = new Map();
export const memory = new Map();

/** What is kept under a key. Without storage a draft lives as long as its page. */
export function load(key) {
  try {
    const kept = localStorage.getItem(PREFIX + key);
    if (kept) return { text: "", v: 0, dirty: false, ...JSON.parse(kept) };
  } catch {
    // Forbidden, or not ours.
  }
  return memory.get(key) ?? { text: "", v: 0, dirty: false };
}
function store(key, one) {
  memory.set(key, one);
  try {
    if (one.text || one.dirty) localStorage.setItem(PREFIX + key, JSON.stringify(one));
    else localStorage.removeItem(PREFIX + key);
  } catch {
    // See above.
  }
}
/** Say something of a draft to the page. */
export const tell = (type, detail) => document.dispatchEvent(new CustomEvent(type, { detail }));

/** What was being written there. */
export const read = (conv, note) => load(name(conv, note)).text;

/** Keep what is being written; nothing, when there is nothing. */
export function write(conv, note, written) {
  const key = name(conv, note);
  const text = written.trim() ? written : "";
  const one = load(key);
  // Signing out empties this browser's storage: what is still before one's eyes is put there again.
  if (one.text === text) return text && store(key, one);
  store(key, { ...one, text, dirty: true });
  clearTimeout(timers.get(key));
  timers.set(
    key,
    setTimeout(
      () => {
        timers.delete(key);
        push(conv, note);
      },
      text ? SOON : 0,
    ),
  );
  tell("draft-row", conv);
}

/** Give the server what is not there yet. */
export async function push(conv, note) {
  const key = name(conv, note);
  const { text, v, dirty } = load(key);
  if (!dirty) return;
  const answer = await send("PUT", `/conversations/${conv}/draft`, { note, body: text, version: v });
  const now = load(key);
  if (answer.ok) {
    store(key, { ...now, v: Math.max(now.v, JSON.parse(answer.text).v), dirty: now.text !== text });
    if (now.text !== text) push(conv, note);
  } else if (answer.status === 409) take(JSON.parse(answer.text));
  else if ([403, 404].includes(answer.status)) store(key, { ...now, dirty: false }); // not theirs any more; here it stays
}

/** One's own choice between two drafts: from now on this one counts, whatever version the other had. */
export function settle(conv, note, text, v) {
  const key = name(conv, note);
  store(key, { text, v: Math.max(v, load(key).v), dirty: true });
  push(conv, note);
}

/** What the server has, against what is here. */
export function take({ conv, note, v, body }) {
  const key = name(conv, note);
  const mine = load(key);
  if (v <= mine.v) return;
  if (mine.text === body) return store(key, { text: body, v, dirty: false });
  if (mine.dirty && mine.text && body) return tell("draft-other", { conv, note, v, body });
  if (mine.dirty && mine.text) return settle(conv, note, mine.text, v);
  store(key, { text: body, v, dirty: false });
  tell("draft-new", { conv, note, was: mine.text, v, body });
  tell("draft-row", conv);
}

/** The drafts an address answers. */
export async function fetchAll(path) {
  const answer = await get(path);
  return answer.ok ? JSON.parse(answer.text) : [];
}

/** Ask the server for the drafts of a conversation: one's own, and what others wrote who had it before. */
export async function look(conv) {
  for (const one of await fetchAll(`/conversations/${conv}/drafts`)) {
    if (one.name) tell("draft-other", one);
    else take(one);
  }
}

// Another tab of this browser wrote on. Emptying it all has no key, and takes away nothing that stands here.
addEventListener("storage", ({ key, oldValue, newValue }) => {
  if (!key?.startsWith(PREFIX)) return;
  const at = key.slice(PREFIX.length);
  const [conv, note] = at.split(":");
  const was = JSON.parse(oldValue)?.text ?? "";
  const one = { text: "", v: memory.get(at)?.v ?? 0, dirty: false, ...JSON.parse(newValue) };
  memory.set(at, one);
  if (one.text === was) return;
  tell("draft-new", { conv, note: Boolean(note), was, v: one.v, body: one.text });
  tell("draft-row", conv);
});
document.addEventListener("draft-pushed", ({ detail: { conv, note, v } }) => v > load(name(conv, note)).v && setTimeout(look, 300, conv));
const flush = () => {
  for (const [key, timer] of timers) {
    clearTimeout(timer);
    const [conv, note] = key.split(":");
    push(conv, Boolean(note));
  }
  timers.clear();
};
document.addEventListener("leaving", flush);
document.addEventListener("visibilitychange", () => document.hidden && flush());
document.addEventListener("live", ({ detail }) => {
  if (detail !== "on") return;
  for (const key of memory.keys()) {
    const [conv, note] = key.split(":");
    if (load(key).dirty) push(conv, Boolean(note));
  }
});
