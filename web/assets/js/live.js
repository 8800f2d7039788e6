// The live channel: one socket for each tab, patches in order, and catching up from a cursor after every cut.
import { apply } from "./patch.js";

const page = document.body.dataset;
const HEARTBEAT = Number(page.hb) || 20_000;
const SILENCE = HEARTBEAT * 2.2;
const LONGEST_WAIT = 30_000;

let socket = null;
let cursor = Number(page.cursor) || 0;
let conversation = null;
let tries = 0;
let heardAt = 0;
let timer = 0;
let stopped = !page.live;
let refetch = null;
let chain = Promise.resolve();

const tell = (type, detail) => document.dispatchEvent(new CustomEvent(type, { detail }));

/** Send a message; answers whether the channel was open. All of them may be lost without harm. */
export function tellServer(message) {
  if (socket?.readyState !== WebSocket.OPEN) return false;
  socket.send(JSON.stringify(message));
  return true;
}

/** The last event that is on the page. Read it before fetching a pane: the pane includes at least all up to there. */
export const cursorNow = () => cursor;

/** Say which conversation is open, and up to where it was drawn; the server sends what came after. */
export function watch(id, since) {
  conversation = id;
  tellServer({ t: "view", ...interest(), since });
}

/** What to do when the server can't replay the gap: fetch the panes again, keeping what is being written. */
export function onReset(run) {
  refetch = run;
}

/** Whether the page is up to date right now. */
export const isLive = () => document.documentElement.dataset.live === "on";

const interest = () => ({ since: cursor, view: page.view || "none", ...(conversation && { conv: conversation }) });

function state(now) {
  document.documentElement.dataset.live = now;
  tell("live", now);
}

// Frames are applied one after another, a refetch among them; one that fails does not stop the next.
function inOrder(run) {
  chain = chain.then(run).catch((error) => console.error("live", error));
}

function receive(frame) {
  if (frame.u) inOrder(() => apply(frame.u));
  else if (frame.t === "reset") return inOrder(() => startAgain(frame.s));
  else if (frame.t === "read") inOrder(() => tell("read-elsewhere", frame));
  else if (frame.t === "ready") {
    inOrder(() => {
      tries = 0;
      state("on");
    });
  }
  // The cursor moves only after what it counts is on the page, heartbeats and replies included.
  if (frame.s) inOrder(() => (cursor = Math.max(cursor, frame.s)));
}

// Too far behind for a replay: take what the server would draw now. If even that fails, the cursor stays where it
// was and the next connection asks again.
async function startAgain(at) {
  if (!refetch) return location.reload();
  try {
    await refetch();
    cursor = Math.max(cursor, at);
  } catch (error) {
    socket?.close();
    throw error;
  }
}

function open() {
  clearTimeout(timer);
  if (stopped) return;
  const mine = new WebSocket(location.origin.replace(/^http/, "ws") + page.live);
  socket = mine;
  heardAt = Date.now();
  mine.onopen = () => mine.send(JSON.stringify({ t: "hello", v: 1, ...interest() }));
  mine.onmessage = ({ data }) => {
    heardAt = Date.now();
    if (mine === socket) receive(JSON.parse(data));
  };
  mine.onclose = ({ code }) => {
    if (mine !== socket) return;
    if (code === 4401) return signedOut();
    state("off");
    const longest = Math.min(LONGEST_WAIT, 400 * 2 ** tries++);
    timer = setTimeout(open, Math.random() * longest + 100);
  };
}

function signedOut() {
  if (stopped) return;
  stopped = true;
  clearTimeout(timer);
  socket?.close();
  state("signed-out");
  tell("signed-out");
}

// A half-open socket says nothing; a fresh one replaces it without waiting for it to close.
function replace() {
  const old = socket;
  socket = null;
  old?.close();
  open();
}

function wake() {
  if (stopped) return;
  const dead = !socket || socket.readyState > WebSocket.OPEN || Date.now() - heardAt > SILENCE;
  if (!dead) return;
  tries = 0;
  replace();
}

setInterval(() => {
  if (socket && socket.readyState <= WebSocket.OPEN && Date.now() - heardAt > SILENCE) {
    state("off");
    replace();
  }
}, HEARTBEAT / 4);
addEventListener("online", wake);
addEventListener("pageshow", wake);
document.addEventListener("visibilitychange", () => document.hidden || wake());
document.addEventListener("signed-out", signedOut);

let lastActive = 0;
const active = () => {
  if (Date.now() - lastActive < 30_000) return;
  lastActive = Date.now();
  tellServer({ t: "active" });
};
addEventListener("keydown", active, { passive: true });
addEventListener("pointerdown", active, { passive: true });
addEventListener("pointermove", active, { passive: true });

/** Open the channel. Modules register what they listen to before the page calls this. */
export function start(openConversation = null) {
  conversation = openConversation;
  if (stopped) return;
  state("connecting");
  open();
}
