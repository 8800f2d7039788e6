// The live channel: one socket for each tab, patches in order, and catching up from a cursor after every cut.
import { apply } from "./patch.js";

const page = document.body.dataset;
const HEARTBEAT = Number(page.hb) || 20_000;
const SILENCE = HEARTBEAT * 2.2;
// The server is to be back on every screen within ten seconds of its database.
const LONGEST_WAIT = 8_000;

let socket = null;
let cursor = Number(page.cursor) || 0;
let conversation = null;
// Up to where the panes were drawn, until the server has answered for it.
let drawn = Infinity;
// How often this line was told what is shown; how often the server has turned to that, and answered for it.
let asked = 0;
let turned = 0;
let answered = 0;
// The list that is shown, and which time it was told first.
let view = page.view;
let viewAsked = 0;
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
  // What is still to be answered for may have been drawn earlier.
  drawn = Math.min(drawn, since);
  const isOther = view !== page.view;
  view = page.view;
  if (!tellServer({ t: "view", ...interest(), since })) return;
  asked += 1;
  if (isOther) viewAsked = asked;
}

/** What to do when the server can't replay the gap: fetch the panes again, keeping what is being written. */
export function onReset(run) {
  refetch = run;
}

/** Whether the page is up to date right now. */
export const isLive = () => document.documentElement.dataset.live === "on";

// Frames for the list move the cursor on while a pane is fetched. If the line breaks before the server has heard of that
// pane, the next one asks from where the pane stands.
const interest = () => ({ since: Math.min(cursor, drawn), view: page.view || "none", ...(conversation && { conv: conversation }) });

function state(now) {
  document.documentElement.dataset.live = now;
  tell("live", now);
}

// Frames are applied one after another, a refetch among them; one that fails does not stop the next. What a line said
// that was given up since counts no more: the next line says it again.
function inOrder(line, run) {
  chain = chain.then(() => line === socket && run()).catch((error) => console.error("live", error));
}

// Until the server turns to another list, rows come and go as in the one before. Of what they tell the new one was drawn
// later, or catching up tells it again.
const isOfRows = ({ to }) => to === "list" || to.startsWith("row-");
const meant = (updates) => (turned < viewAsked ? updates.filter((update) => !isOfRows(update)) : updates);

function receive(line, frame) {
  if (frame.now) tell("server-says", frame.now);
  const then = (run) => inOrder(line, run);
  if (frame.u) then(() => apply(meant(frame.u)));
  else if (frame.t === "reset") return then(() => startAgain(frame.s));
  else if (frame.t === "read") then(() => tell("read-elsewhere", frame));
  else if (frame.t === "unread") then(() => tell("unread-again", frame));
  else if (frame.t === "draft") then(() => tell("draft-pushed", frame));
  else if (frame.t === "showing") then(() => (turned += 1));
  else if (frame.t === "ready") {
    then(() => {
      answered += 1;
      if (answered === asked) drawn = Infinity;
      tries = 0;
      state("on");
    });
  }
  // The cursor moves only after what it counts is on the page, heartbeats and replies included.
  if (frame.s) then(() => (cursor = Math.max(cursor, frame.s)));
}

// Too far behind for a replay: take what the server would draw now. If even that fails, the cursor stays where it
// was and the next connection asks again.
async function startAgain(at) {
  if (!refetch) return location.reload();
  try {
    await refetch();
    cursor = Math.max(cursor, at);
  } catch (error) {
    state("off");
    later();
    throw error;
  }
}

// Give the line up, with what of it still waits to be applied, and open another one in a while.
function later() {
  const old = socket;
  socket = null;
  old?.close();
  clearTimeout(timer);
  timer = setTimeout(open, Math.random() * Math.min(LONGEST_WAIT, 400 * 2 ** tries++) + 100);
}

function open() {
  clearTimeout(timer);
  if (stopped) return;
  const mine = new WebSocket(location.origin.replace(/^http/, "ws") + page.live);
  socket = mine;
  heardAt = Date.now();
  mine.onopen = () => {
    [asked, turned, answered, viewAsked] = [1, 0, 0, 0];
    mine.send(JSON.stringify({ t: "hello", v: 1, ...interest() }));
  };
  mine.onmessage = ({ data }) => {
    heardAt = Date.now();
    if (mine === socket) receive(mine, JSON.parse(data));
  };
  mine.onclose = ({ code }) => {
    if (mine !== socket || stopped) return;
    if (code === 4401) return signedOut();
    state("off");
    later();
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
