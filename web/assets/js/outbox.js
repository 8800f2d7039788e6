// Messages on their way from this browser: kept until the server has them, sent once each and in order. What did not go is
// drawn by `returned.js`.
import { now } from "./clocks.js";
import { isLive } from "./live.js";
import { openConversation } from "./panes.js";
import { announce, fragment, place } from "./patch.js";
import { send } from "./send.js";
import { toEnd } from "./thread.js";
import { t } from "./words.js";

export const KEY = `bandeja:outbox:${document.body.dataset.me}`;
// So often it is tried before it may be given up.
const PATIENT = 3;
let running = false;
let again = false;

// Each has a place of its own: two tabs that write at once must not take each other's away. Storage may be forbidden or
// full; the page's own memory then has to do.
const memory = new Map();
/** What is on its way, and what came back, in order. */
export function all() {
  const found = [...memory.values()];
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(`${KEY}:`)) found.push(JSON.parse(localStorage.getItem(key)));
  } catch {
    // As above.
  }
  return found.filter(Boolean).sort((one, other) => one.turn - other.turn);
}
export const find = (id) => all().find((one) => one.id === id);
export function drop(id) {
  memory.delete(id);
  try {
    localStorage.removeItem(`${KEY}:${id}`);
  } catch {
    // As above.
  }
}
/** Keep one, behind all others unless it has its turn. */
export function keep(one) {
  const entry = { turn: Math.max(Date.now(), ...all().map(({ turn }) => turn)) + 0.01, ...one };
  try {
    localStorage.setItem(`${KEY}:${one.id}`, JSON.stringify(entry));
    memory.delete(one.id);
  } catch {
    memory.set(one.id, entry);
  }
}
export function update(id, change) {
  const one = find(id);
  if (one) keep({ ...one, ...change });
}
const returned = (run) => import("./returned.js").then(run);

/** What goes with the next answer of a conversation: `replyTo`, the message it answers; `after`, the macro done then. */
export const beside = new Map();
// A template quotes nothing.
const quoted = (conv, content) => (content?.kind !== "template" && beside.get(conv)?.replyTo) || null;

/** Whether an answer may go now: what came and was not seen is shown first, and then `send` is for who sends it all the same. */
export const mayGo = (conv, send) => document.dispatchEvent(new CustomEvent("about-to-send", { cancelable: true, detail: { conv, send } }));

/**
 * Write a message down, draw it, and send it when its turn comes: words, a file with them, or any other content, which
 * `body` stands for on the screen until it is sent. A note goes to nobody outside. `replyTo` is the message that is
 * answered, `after` the macro that is carried out when the server has it, `then` what is done to the conversation, `who`
 * the contact, where another conversation is open. Answers false where {@link mayGo} does, which is asked
 * with `again` unless it is `sure`.
 */
export function post(conv, body, { file = null, content = null, note = false, replyTo = note ? null : quoted(conv, content), after = null, then = "", who = title(), sure = note, again } = {}) {
  if (!sure && !mayGo(conv, again)) return false;
  const entry = { id: crypto.randomUUID(), conv, body, file, content, note, replyTo, after, then, who, at: new Date(now()).toISOString(), failed: null };
  keep(entry);
  if (conv === openConversation()) {
    draw(entry);
    toEnd();
  }
  if (replyTo) document.dispatchEvent(new CustomEvent("quoted", { detail: conv }));
  run();
  return true;
}
/** Who the open conversation is with. */
export const title = () => document.getElementById("thread-title")?.textContent;

/** What its author may not send any more is beside the page, in every tab, until they close it. */
export function giveBack(one, writing) {
  const entry = { id: crypto.randomUUID(), ...one, back: true };
  if (!one.id && all().some(({ back, conv, body }) => back && conv === one.conv && body === one.body)) return;
  keep(entry);
  return returned(({ cards }) => cards(writing && entry.id));
}

function bubble(entry) {
  const element = document.getElementById(entry.note ? "bubble-note" : "bubble-out").content.firstElementChild.cloneNode(true);
  element.id = `p-${entry.id}`;
  element.querySelector(".txt").textContent = [entry.file?.name, entry.body].filter(Boolean).join("\n");
  element.querySelector("time").dateTime = entry.at;
  return element;
}

export function draw(entry) {
  const thread = document.getElementById(`thread-${entry.conv}`);
  if (!thread || entry.back || entry.sent || thread.querySelector(`[data-client="${entry.id}"]`)) return;
  let element = document.getElementById(`p-${entry.id}`);
  if (!element) {
    element = bubble(entry);
    thread.append(element);
  }
  element.classList.toggle("failed", Boolean(entry.failed));
  element.classList.toggle("pending", !entry.failed);
  element.querySelector(".m use").setAttribute("href", entry.failed ? "#i-circle-alert" : "#i-clock-3");
  element.querySelector("[data-mark]").textContent = t(entry.failed ? "not-sent" : isLive() ? "sending" : "waiting");
  element.querySelector(".msg-err")?.remove();
  if (entry.failed || entry.tries >= PATIENT) returned(({ trouble }) => trouble(element, entry));
  announce([element]);
}

// One at a time and in order, over all tabs. A later one never overtakes an earlier one of its conversation.
export async function run() {
  if (running) {
    again = true;
    return;
  }
  running = true;
  again = false;
  try {
    await exclusively(sendAll);
  } finally {
    running = false;
  }
  // Somebody posted between the last look and now.
  if (again) run();
}
const exclusively = (work) => (navigator.locks ? navigator.locks.request(KEY, work) : work());

// A note waits for no answer that failed, nor an answer for a note, nor anybody for what is done after an answer.
const line = ({ conv, note, sent }) => `${conv}${sent ? ":after" : note ? ":note" : ""}`;

function deliver(one) {
  const { id, conv, note, sent, after, replyTo, content, file, body } = one;
  const what = sent ? `macros/${after}` : note ? "notes" : "messages";
  const words = file || content ? { content: content ?? carry(one) } : { body };
  return send("POST", `/conversations/${conv}/${what}`, { client_id: id, ...(!sent && { ...words, ...(replyTo && { reply_to: replyTo }) }) }, id);
}
const carried = (one, answer) => import("./slash.js").then(({ tell }) => tell(one, answer));

async function sendAll() {
  const later = new Set();
  for (;;) {
    const blocked = new Set([...later, ...all().filter(({ failed, back }) => failed && !back).map(line)]);
    const next = all().find((one) => !one.back && !blocked.has(line(one)));
    if (!next) break;
    const answer = await deliver(next);
    if (answer.ok && !next.sent) arrived(next, answer.text);
    else if ([0, 401, 429].includes(answer.status) || answer.status >= 500) {
      // Nobody knows whether the server heard it: the same id is sent again, and the server takes it once. One that it
      // can't take holds up its own conversation alone.
      later.add(line(next));
      if (isLive()) update(next.id, { tries: (next.tries ?? 0) + 1 });
      redraw(next.id);
      if (next.sent && next.tries === PATIENT) carried(next, { error: { message: t("still-trying") } });
      if (!isLive() || answer.status === 429) break;
    } else if (next.sent) {
      drop(next.id);
      carried(next, answer);
    } else {
      // Not this person's to answer any more: what they wrote stays with them, beside the page once its thread is gone.
      const lost = answer.status === 403 || answer.status === 404;
      update(next.id, { failed: lost ? t("not-yours") : (answer.error?.message ?? t("failed")), lost });
      redraw(next.id);
      returned(({ refused }) => refused(next.id));
    }
  }
  if (later.size && isLive()) setTimeout(run, 5000);
}

/** A file, and the words beside it. */
export const carry = ({ file, body }) => ({ kind: file.kind, file: file.id, voice: file.voice, ...(body && { caption: body }) });

// What a macro does then has its own turn, and stays until it is done.
function arrived(entry, html) {
  const { id, conv, after, then, who } = entry;
  if (after) keep({ ...entry, sent: true, tries: 0 });
  else drop(id);
  if (then) import("./work.js").then(({ afterwards }) => afterwards(conv, then, who));
  const thread = document.getElementById(`thread-${conv}`);
  if (thread && html) announce(place(thread, fragment(html)));
  document.getElementById(`p-${id}`)?.remove();
}

function redraw(id) {
  const entry = find(id);
  if (entry) draw(entry);
}
export function drawAll() {
  for (const entry of all()) draw(entry);
}
document.addEventListener("opened", drawAll);
document.addEventListener("live", ({ detail }) => {
  if (detail === "on") run();
  else drawAll();
});
addEventListener("online", run);
drawAll();
if (all().length) run();
