// Two at one conversation: telling others that somebody looks or writes here, and asking once before an answer goes that
// was written without something that came meanwhile. Who else is there is drawn by the server.
import { act } from "./act.js";
import { isLive, tellServer } from "./live.js";
import { openConversation } from "./panes.js";
import { say } from "./say.js";
import { toEnd } from "./thread.js";
import { n, t } from "./words.js";

const EVERY = 4000;
// Enter held down, or pressed twice, is no answer to what was asked.
const BREATH = 600;

const field = () => document.getElementById("draft");
const line = () => document.getElementById("composer-ask");
let typing = { in: null, at: 0 };
let asked = 0;
// What came and was not before the eyes yet, and what somebody else answered while words stood in the composer.
const unseen = new Set();
let answered = null;
const mine = new Set();

function look() {
  const conv = openConversation();
  if (conv) tellServer({ t: "look", conv, on: !document.hidden });
}
document.addEventListener("visibilitychange", look);
document.addEventListener("live", ({ detail }) => detail === "on" && document.hidden && look());

document.addEventListener("input", ({ target }) => {
  if (target !== field() || !target.value.trim()) return;
  // A note is answered by nobody: who reads it is not kept from writing.
  if (document.getElementById("dock").hasAttribute("data-note")) return;
  const conv = openConversation();
  if (typing.in === conv && Date.now() - typing.at < EVERY) return;
  // For colleagues alone; the composer tells the customer.
  if (tellServer({ t: "typing", conv, note: true })) typing = { in: conv, at: Date.now() };
});

function rest() {
  if (!typing.in || field()?.value.trim()) return;
  tellServer({ t: "typing", conv: typing.in, on: false });
  typing = { in: null, at: 0 };
}

const eyes = new IntersectionObserver((seen) => {
  for (const { target, isIntersecting } of seen) {
    if (!isIntersecting || document.hidden) continue;
    eyes.unobserve(target);
    unseen.delete(target);
  }
}, { threshold: 0.5 });

document.addEventListener("arrived", ({ detail }) => {
  for (const entry of detail) {
    if (!entry.classList.contains("msg") || mine.has(entry.dataset.client)) continue;
    if (entry.matches(".out:not(.note)")) {
      if (field()?.value.trim()) answered = entry;
    } else {
      // Below what is loaded of a thread that was opened at an older message.
      if (!entry.isConnected) entry.dataset.below = "";
      unseen.add(entry);
      eyes.observe(entry);
    }
  }
});
document.addEventListener("patched", ({ detail }) => {
  for (const { id } of detail) if (id?.startsWith("p-")) mine.add(id.slice(2));
  rest();
});

function forget() {
  eyes.disconnect();
  unseen.clear();
  answered = null;
  if (line()) line().hidden = true;
}

document.addEventListener("about-to-send", (event) => {
  if (Date.now() - asked < BREATH) return event.preventDefault();
  for (const entry of unseen) if (!entry.isConnected && !("below" in entry.dataset)) unseen.delete(entry);
  const first = answered?.isConnected ? answered : [...unseen][0];
  if (!first || !isLive()) return forget();
  event.preventDefault();
  asked = Date.now();
  const name = first.querySelector("[data-by]")?.textContent.replace(/: $/, "") ?? "";
  const words = first === answered ? t("answered", { name }) : n("newer", unseen.size);
  forget();
  const ask = () => {
    line().firstElementChild.textContent = words;
    line().hidden = false;
    say(words);
  };
  if (!first.isConnected) return toEnd("composer").then(ask);
  ask();
  first.scrollIntoView({ block: "nearest" });
});
act("send-anyway", () => {
  asked = 0;
  document.getElementById("composer").requestSubmit();
});
document.addEventListener("leaving", () => {
  if (typing.in) tellServer({ t: "typing", conv: typing.in, on: false });
  typing = { in: null, at: 0 };
});
document.addEventListener("opened", forget);
