// What is offered to this person: a countdown by the server's time, accepting, declining; and taking the next one.
import { act } from "./act.js";
import { length, now as time } from "./clocks.js";
import { key, when } from "./keys.js";
import { shout } from "./say.js";
import { t } from "./words.js";

const box = document.getElementById("offers");
const cards = () => [...(document.getElementById("offers")?.querySelectorAll(":scope > .offer[data-left]") ?? [])];
// When each runs out, by the clock: what was left when the server drew it, counted from when it came.
const ends = new Map();
const nameOf = (card) => `${card.id}/${card.dataset.v}`;

function hear() {
  const now = time();
  const known = new Set();
  for (const card of cards()) {
    const name = nameOf(card);
    known.add(name);
    const end = now + Number(card.dataset.left);
    if (ends.has(name)) {
      ends.set(name, Math.min(ends.get(name), end));
      continue;
    }
    ends.set(name, end);
    shout(t("offered", { name: card.dataset.name, text: card.dataset.queue }));
  }
  for (const name of ends.keys()) if (!known.has(name)) ends.delete(name);
  for (const card of document.querySelectorAll("#offers > .back:not([data-heard])")) {
    card.dataset.heard = "";
    shout(card.querySelector("[data-said]").textContent);
  }
  draw(now);
}

function draw(now = time()) {
  for (const card of cards()) {
    const left = Math.max(0, (ends.get(nameOf(card)) ?? now) - now);
    const part = Math.round((left / Number(card.dataset.whole)) * 100);
    card.querySelector(".ring circle:last-child").setAttribute("stroke-dasharray", `${Math.min(part, 100)} 100`);
    const words = left ? length(left + 999) : t("offer-over");
    const number = card.querySelector(".offer-left .num");
    if (number.textContent !== words) number.textContent = words;
    card.classList.toggle("soon", left < 10_000);
    for (const button of card.querySelectorAll("button")) button.disabled = !left;
  }
}

// Answering one is fetched with the first answer.
const answering = (run) => void when(import("./offers-answer.js"), run);
for (const how of ["accept", "decline"]) act(`offer-${how}`, (button) => answering(({ answer }) => answer(button, how)));
act("next", (button) => answering(({ next }) => next(button)));
act("offer-back-close", (button) => button.closest("li").remove());
// Whoever is handed it next makes the word about the last one old.
document.addEventListener("handed", ({ detail }) => {
  for (const link of document.querySelectorAll("#offers > .back > a")) if (link.pathname.endsWith(detail)) link.parentElement.remove();
});

const first = (name) => document.querySelector(`#offers [data-act="${name}"]:enabled`);
key("accept", () => (first("offer-accept") ? first("offer-accept").click() : false));
key("decline", () => (first("offer-decline") ? first("offer-decline").click() : false));
key("take-next", () => {
  const button = document.querySelector('[data-act="next"]');
  return button ? button.click() : false;
});

if (box) {
  hear();
  document.addEventListener("patched", hear);
  document.addEventListener("second", ({ detail }) => draw(detail));
}
