// What came and was not before the eyes yet, or was answered by somebody else: shown, and asked about once, before an
// answer goes that was written without it.
import { act } from "./act.js";
import { openConversation } from "./panes.js";
import { say } from "./say.js";
import { toEnd } from "./thread.js";
import { n, t } from "./words.js";

// Enter held down, or pressed twice, is no answer to what was asked.
const BREATH = 600;

const words = () => document.getElementById("draft")?.value.trim();
const line = () => document.getElementById("composer-ask");
const thread = () => document.querySelector("[data-thread]");
let asked = 0;
let again = null;
// Of the open conversation, from above; how many more are further down than it is loaded; and what somebody else
// answered while words stood in the composer.
const unseen = new Set();
let below = 0;
let answered = null;
const mine = new Set();
// Where a thread ended when it was left in the middle of an answer.
const left = new Map();

// Whoever has come to one has passed those above it.
const eyes = new IntersectionObserver((all) => {
  for (const { target, isIntersecting } of all) {
    if (!isIntersecting || document.hidden) continue;
    for (const one of unseen) {
      if (one !== target && one.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_PRECEDING) continue;
      eyes.unobserve(one);
      unseen.delete(one);
    }
  }
}, { threshold: 0.25 });
function add(entry) {
  unseen.add(entry);
  eyes.observe(entry);
}
const isTheirs = (entry) => entry.matches(".msg.out:not(.note)") && !mine.has(entry.dataset.client);

document.addEventListener("arrived", ({ detail }) => {
  for (const entry of detail) {
    if (isTheirs(entry)) answered = words() ? entry : answered;
    else if (!entry.matches(".msg") || mine.has(entry.dataset.client)) continue;
    else if (entry.isConnected) add(entry);
    else below += 1;
  }
});
document.addEventListener("patched", ({ detail }) => {
  for (const { id } of detail) if (id?.startsWith("p-")) mine.add(id.slice(2));
});

function forget() {
  eyes.disconnect();
  unseen.clear();
  below = 0;
  answered = null;
  if (line()) line().hidden = true;
}

// What is unread and further down than what is seen.
function look() {
  forget();
  if (!thread()) return;
  const { read, newer } = thread().dataset;
  const conv = openConversation();
  const end = thread().getBoundingClientRect().bottom;
  for (const entry of thread().querySelectorAll(".unread-line ~ .msg:not(.out)")) {
    const { top, height } = entry.getBoundingClientRect();
    if (document.hidden || top + height / 4 > end) add(entry);
  }
  if (newer) below = Math.max(0, document.getElementById(`state-${conv}`).dataset.in - read);
  answered = left.has(conv) ? [...thread().children].find((one) => one.dataset.seq > left.get(conv) && isTheirs(one)) : null;
}

document.addEventListener("about-to-send", (event) => {
  const { conv, send } = event.detail;
  if (conv !== openConversation()) return;
  if (Date.now() - asked < BREATH) return event.preventDefault();
  for (const entry of unseen) if (!entry.isConnected) unseen.delete(entry);
  const first = answered?.isConnected ? answered : [...unseen][0];
  const count = unseen.size + below;
  const why = first && first === answered ? t("answered", { name: first.querySelector("[data-by]")?.textContent.replace(/: $/, "") ?? "" }) : n("newer", count);
  forget();
  if (!first && !count) return;
  event.preventDefault();
  [asked, again] = [Date.now(), send];
  const ask = () => {
    forget();
    line().dataset.said = first?.querySelector(".txt, .medium, .odd")?.textContent ?? "";
    line().firstElementChild.textContent = why;
    line().hidden = false;
    say(why);
  };
  ask();
  if (first) first.scrollIntoView({ block: "nearest" });
  else toEnd("composer")?.then(ask);
});
act("send-anyway", () => {
  asked = 0;
  again();
});
// All that is further down is here now.
document.addEventListener("drawn", () => {
  if (!below || thread().dataset.newer) return;
  for (const entry of [...thread().querySelectorAll(".msg:not(.out)")].slice(-below)) add(entry);
  below = 0;
});
document.addEventListener("given", ({ detail }) => left.delete(detail));
document.addEventListener("leaving", () => {
  const last = thread() && [...thread().children].findLast((one) => one.dataset.seq);
  if (last && words()) left.set(openConversation(), last.dataset.seq);
  else left.delete(openConversation());
});
document.addEventListener("opened", look);
look();
