// Messages on their way from this browser: kept until the server has them, sent once each and in order.
import { act } from "./act.js";
import { now } from "./clocks.js";
import { isLive } from "./live.js";
import { openConversation } from "./panes.js";
import { announce, fragment, place } from "./patch.js";
import { shout } from "./say.js";
import { send } from "./send.js";
import { toEnd } from "./thread.js";
import { t } from "./words.js";

const KEY = `bandeja:outbox:${document.body.dataset.me}`;
let memory = [];
let stored = true;
let running = false;
let again = false;

// Storage may be forbidden or full; the page's own memory then has to do.
function load() {
  if (!stored) return memory;
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? [];
  } catch {
    return memory;
  }
}
function store(change) {
  memory = change(load());
  try {
    if (memory.length) localStorage.setItem(KEY, JSON.stringify(memory));
    else localStorage.removeItem(KEY);
    stored = true;
  } catch {
    stored = false;
  }
}
const update = (id, change) => store((all) => all.map((one) => (one.id === id ? { ...one, ...change } : one)));
const drop = (id) => store((all) => all.filter((one) => one.id !== id));

/**
 * Write a message down, draw it, and send it when its turn comes: words, a file with them, or any other content, which
 * `body` stands for on the screen until it is sent. A note goes to nobody outside. `replyTo` is the message that is
 * answered, `after` the macro that is carried out when the server has it, `then` what is done to the conversation.
 */
export function post(conv, body, { file = null, content = null, note = false, replyTo = null, after = null, then = "" } = {}) {
  const entry = { id: crypto.randomUUID(), conv, body, file, content, note, replyTo, after, then, who: document.getElementById("thread-title")?.textContent, at: new Date(now()).toISOString(), failed: null };
  store((all) => [...all, entry]);
  draw(entry);
  toEnd();
  run();
}

function bubble(entry) {
  const element = document.getElementById(entry.note ? "bubble-note" : "bubble-out").content.firstElementChild.cloneNode(true);
  element.id = `p-${entry.id}`;
  element.querySelector(".txt").textContent = [entry.file?.name, entry.body].filter(Boolean).join("\n");
  element.querySelector("time").dateTime = entry.at;
  return element;
}

function draw(entry) {
  const thread = document.getElementById(`thread-${entry.conv}`);
  if (!thread || thread.querySelector(`[data-client="${entry.id}"]`)) return;
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
  if (entry.failed) element.append(trouble(entry));
  announce([element]);
}

function trouble({ id, failed }) {
  const line = document.createElement("div");
  line.className = "msg-err";
  const why = document.createElement("span");
  why.textContent = failed;
  line.append(why);
  for (const name of ["retry", "discard"]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn sm";
    button.dataset.act = name;
    button.dataset.client = id;
    button.textContent = t(name);
    line.append(button);
  }
  return line;
}

act("retry", ({ dataset }) => {
  update(dataset.client, { failed: null });
  const entry = load().find((one) => one.id === dataset.client);
  if (entry) draw(entry);
  run();
});
act("discard", ({ dataset }) => {
  drop(dataset.client);
  document.getElementById(`p-${dataset.client}`)?.remove();
  document.getElementById("draft")?.focus();
});

// One at a time and in order, over all tabs. A later one never overtakes an earlier one of its conversation.
async function run() {
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

async function sendAll() {
  for (;;) {
    const all = load();
    // A note waits for no answer that failed, nor an answer for a note.
    const line = ({ conv, note }) => `${conv}${note ? ":note" : ""}`;
    const blocked = new Set(all.filter((one) => one.failed).map(line));
    const next = all.find((one) => !blocked.has(line(one)));
    if (!next) return;
    const answer = await send(
      "POST",
      `/conversations/${next.conv}/${next.note ? "notes" : "messages"}`,
      {
        client_id: next.id,
        ...(next.file || next.content ? { content: next.content ?? carry(next) } : { body: next.body }),
        ...(next.replyTo && { reply_to: next.replyTo }),
      },
      next.id,
    );
    if (answer.ok) arrived(next, answer.text);
    else if (answer.status === 0 || answer.status >= 500 || answer.status === 429 || answer.status === 401) return waitFor(next);
    else if (answer.status === 403 || answer.status === 404) lost(next);
    else refused(next, answer.error?.message ?? t("failed"));
  }
}

/** A file, and the words beside it. */
export const carry = ({ file, body }) => ({ kind: file.kind, file: file.id, voice: file.voice, ...(body && { caption: body }) });

function arrived({ id, conv, after, then }, html) {
  drop(id);
  if (after) import("./slash.js").then(({ carryOut }) => carryOut(conv, after, id));
  if (then) import("./work.js").then(({ afterwards }) => afterwards(conv, then));
  const thread = document.getElementById(`thread-${conv}`);
  if (thread && html) announce(place(thread, fragment(html)));
  document.getElementById(`p-${id}`)?.remove();
}

// Nobody knows whether the server heard it: the same id is sent again, and the server takes it once.
function waitFor(entry) {
  draw(entry);
  if (isLive()) setTimeout(run, 5000);
}

function refused(entry, why) {
  update(entry.id, { failed: why });
  draw({ ...entry, failed: why });
  shout(`${t("not-sent")}. ${why}`);
}

// It is not this person's to answer any more: what they wrote stays with them, beside the page once its thread is gone.
function lost(entry) {
  if (!load().some((one) => one.id === entry.id)) return;
  if (!document.getElementById(`thread-${entry.conv}`)) return giveBack(entry);
  if (!entry.failed) refused(entry, t("not-yours"));
  setTimeout(lost, 2000, { ...entry, failed: true });
}
function giveBack({ id, who, body }) {
  drop(id);
  if (body) import("./strips.js").then(({ saved }) => saved(who, body));
}

function drawAll() {
  for (const entry of load()) if (entry.conv === openConversation()) draw(entry);
}
document.addEventListener("opened", drawAll);
document.addEventListener("live", ({ detail }) => {
  if (detail === "on") run();
  else drawAll();
});
addEventListener("online", run);
drawAll();
if (load().length) run();
