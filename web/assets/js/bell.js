// Telling somebody what calls for them: the number in the tab and its icon, notifications of the desktop, sounds. Every
// tab follows what is told; of all tabs of a person one shows notifications, and one that may, plays.
import { decide, endingOf, newsOf } from "./bell-rule.js";
import { inWords, now as time } from "./clocks.js";
import { promised, standing } from "./due.js";
import { isTold, own, readOf, unreadFrom } from "./own.js";
import { countTab, say } from "./say.js";
import { n, t, zone } from "./words.js";

const LOOK = 10_000;
const EVERY = 5_000;
const BREATH = 1_500;

const { dataset: page } = document.body;
const tab = crypto.randomUUID();
const others = new Map();
const shown = new Map();
const warned = new Set();
const offered = new Set();
let bell = JSON.parse(page.bell);
let known = null;
let cards = null;
let alarms = null;
let rang = 0;

// Without locks every tab shows: notifications of one conversation replace each other all the same.
let shows = !navigator.locks;
let plays = false;
const once = (name, then) => navigator.locks?.request(`bandeja-${name}-${page.me}`, () => (then(), new Promise(() => {})));
once("bell", () => (shows = true));
const touched = () => {
  for (const name of ["pointerdown", "keydown"]) removeEventListener(name, touched, true);
  if (!navigator.locks) plays = true;
  else once("sound", () => (plays = true));
};
// Browsers let a page sound once somebody has touched it.
if (navigator.userActivation?.hasBeenActive) touched();
else for (const name of ["pointerdown", "keydown"]) addEventListener(name, touched, true);

const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(`bandeja-${page.me}`) : null;
const open = () => document.getElementById("thread-pane")?.dataset.conv ?? null;
const here = () => ({ looked: !document.hidden && document.hasFocus(), conv: open() });
const tellTabs = () => channel?.postMessage({ tab, ...here() });
channel?.addEventListener("message", ({ data }) => {
  if (data.bell) return (bell = data.bell);
  if (data.asks) return tellTabs();
  if (data.gone) others.delete(data.tab);
  else others.set(data.tab, { ...data, at: Date.now() });
});
for (const name of ["focus", "blur"]) addEventListener(name, tellTabs);
for (const name of ["visibilitychange", "opened"]) document.addEventListener(name, tellTabs);
addEventListener("pagehide", () => channel?.postMessage({ tab, gone: true }));
channel?.postMessage({ bell });
channel?.postMessage({ asks: true });
tellTabs();
setInterval(() => here().looked && tellTabs(), LOOK);
// One that looked and says so no more has crashed.
const tabs = () => [here(), ...[...others.values()].filter(({ at, looked }) => !looked || Date.now() - at < LOOK * 2.5)];

function call(one, words) {
  const { desktop, tone } = decide(one, { bell, tabs: tabs(), now: time(), zone });
  if (desktop && shows) notify(one, words);
  if (tone && plays && Date.now() - rang > BREATH) {
    rang = Date.now();
    import("./tones.js").then(({ play }) => play(tone, bell.volume));
  }
}

// Whose it is and what happened; what they wrote only for who wants it there.
function notify({ conv, kind, who, line, queue }, words) {
  if (globalThis.Notification?.permission !== "granted") return;
  const body = [words, bell.text && kind === "message" ? line : null, queue].filter(Boolean).join(" · ");
  try {
    shown.get(conv)?.note.close();
    const note = new Notification(who, { body, tag: `bandeja-${conv}`, icon: new URL("../icon.svg", import.meta.url).href, silent: true, lang: document.documentElement.lang });
    shown.set(conv, { note, kind });
    note.addEventListener("click", () => {
      note.close();
      focus();
      show(conv);
    });
    note.addEventListener("close", () => shown.get(conv)?.note === note && shown.delete(conv));
  } catch {
    // Phones show notifications in another way, which needs what we don't have; the number in the tab tells.
  }
}

async function show(conv) {
  if (!document.getElementById("inbox")) return location.assign(`/inbox/${conv}`);
  const panes = await import("./panes.js");
  panes.open(conv, { focus: "composer" });
}

// Not asked of the whole page, which may have a list of thousands.
const cardsNow = () => [...(document.getElementById("offers")?.children ?? [])].filter((card) => card.matches(".offer[data-left], [data-mention]"));
const convOf = ({ id }) => id.slice(id.indexOf("-") + 1);
function hearCards() {
  const all = new Map(cardsNow().map((card) => [`${card.id}/${card.dataset.v}`, card]));
  for (const [name, card] of all) {
    if (cards?.has(name) ?? true) continue;
    const conv = convOf(card);
    if ("mention" in card.dataset) call({ kind: "mention", conv, who: card.dataset.name }, t("bell-mentioned"));
    else {
      offered.add(conv);
      call({ kind: "offer", conv, who: card.dataset.name, queue: card.dataset.queue }, t("bell-offered"));
    }
  }
  cards = new Set(all.keys());
}

const WORDS = { given: () => t("bell-given"), message: ({ unread }) => n("new", unread) };
function hearOwn() {
  if (!isTold()) return;
  const all = own();
  if (known) {
    for (const one of newsOf(known, all)) {
      // What was offered has been told, and was taken since.
      if (one.what === "given" && offered.delete(one.conv)) continue;
      call(one, WORDS[one.what](one));
    }
  }
  const mine = new Map(all.map((one) => [one.conv, one]));
  for (const one of all) if (!known?.has(one.conv)) for (const { key } of endings(one)) warned.add(key);
  known = mine;
  count(all);
  forget(mine);
}

const clock = ({ promised: { data } }) => ({ dataset: { due: data } });
function endings(one) {
  const now = time();
  // While its queue is closed the time stands still.
  const { left, until } = one.promised ? standing(clock(one), now) : { left: 0, until: 0 };
  return endingOf(one, now, until ? 0 : left);
}
setInterval(() => {
  for (const one of known?.values() ?? []) {
    for (const { what, key, left } of endings(one)) {
      if (warned.has(key)) continue;
      warned.add(key);
      const name = inWords(left);
      call({ ...one, kind: "due" }, what === "due" ? t("bell-due", { n: name, text: promised(clock(one)) }) : t("bell-window", { n: name }));
    }
  }
}, EVERY);

const dot = document.querySelector('link[rel="icon"]');
const unreadPips = document.querySelectorAll("[data-unread-pip]");
const alarmPips = document.querySelectorAll("[data-alarm-pip]");
function count(all) {
  const unread = all.filter((one) => one.unread > 0).length;
  countTab(unread);
  for (const pip of unreadPips) pip.hidden = unread === 0;
  const icon = dot?.href.replace(/icon(-dot)?\.svg$/, unread ? "icon-dot.svg" : "icon.svg");
  if (dot && dot.href !== icon) dot.href = icon;
}

// What was read or settled anywhere needs no notification any more.
function forget(mine) {
  const standing = new Set(cardsNow().map(convOf));
  for (const item of document.getElementById("alarms")?.children ?? []) standing.add(convOf(item));
  for (const [conv, { note, kind }] of shown) {
    const one = mine.get(conv);
    const settled = kind === "due" ? !one?.waits : !standing.has(conv) && !one?.unread;
    if (settled) note.close();
  }
}

function hearAlarms() {
  const box = document.getElementById("alarms");
  if (!box || !("told" in box.dataset)) return;
  const now = new Map([...box.children].map((item) => [`${item.id} ${item.dataset.line}`, item]));
  for (const [key, item] of now) {
    if (alarms?.has(key) ?? true) continue;
    const words = t("bell-alarm", { text: item.dataset.line });
    call({ kind: "alarm", conv: convOf(item), who: item.dataset.who, queue: item.dataset.queue }, words);
    // The floor says its own.
    if (here().looked && !document.getElementById("floor-alerts")) say(`${words} ${item.dataset.who}`);
  }
  alarms = now;
  for (const pip of alarmPips) {
    const link = pip.closest("a");
    pip.hidden = now.size === 0;
    link.dataset.plain ??= link.ariaLabel ?? link.textContent.trim();
    link.ariaLabel = now.size ? n("alarms", now.size, { name: link.dataset.plain }) : link.dataset.plain;
  }
}

function hear() {
  hearCards();
  hearOwn();
  hearAlarms();
}
document.addEventListener("patched", hear);
for (const name of ["read-here", "read-elsewhere"]) {
  document.addEventListener(name, ({ detail }) => {
    readOf(detail.conv, detail.n);
    hearOwn();
  });
}
document.addEventListener("unread-again", ({ detail }) => {
  unreadFrom(detail.conv, detail.n);
  hearOwn();
});
hear();
if (document.querySelector("[data-bell-form]")) import("./bell-form.js").then(({ start }) => start((changed) => channel?.postMessage({ bell: (bell = changed) })));
