// What is offered to this person: a countdown by the server's time, accepting, declining; and taking the next one.
import { act } from "./act.js";
import { length } from "./clocks.js";
import { key } from "./keys.js";
import { say, shout, toast } from "./say.js";
import { send } from "./send.js";
import { t } from "./words.js";

const box = document.getElementById("offers");
const cards = () => [...(document.getElementById("offers")?.querySelectorAll(":scope > .offer[data-left]") ?? [])];
// When each runs out, by this page's clock: what was left when the server drew it, counted from when it came.
const ends = new Map();
const nameOf = (card) => `${card.id}/${card.dataset.v}`;

function hear() {
  const now = Date.now();
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

function draw(now = Date.now()) {
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

// On the inbox the conversation opens in its pane, elsewhere the inbox opens with it.
async function show(conversation) {
  if (!document.getElementById("inbox")) return location.assign(`/inbox/${conversation}`);
  const { open } = await import("./panes.js");
  open(conversation, { focus: "composer" });
}

const refused = (answer) => toast(answer.error?.message ?? t(answer.status === 403 ? "failed-forbidden" : "failed"), { loud: true });

async function answer(button, how) {
  const { conversation } = button.dataset;
  const card = button.closest(".offer");
  if (card.hasAttribute("aria-busy")) return;
  card.setAttribute("aria-busy", "true");
  const answered = await send("POST", `/conversations/${conversation}/offer/${how}`);
  card.removeAttribute("aria-busy");
  if (!answered.ok) return refused(answered);
  card.remove();
  if (how === "accept") show(conversation);
  else say(t("offer-declined"));
}
act("offer-accept", (button) => answer(button, "accept"));
act("offer-decline", (button) => answer(button, "decline"));
act("offer-back-close", (button) => button.closest("li").remove());
// Whoever is handed it next makes the word about the last one old.
document.addEventListener("handed", ({ detail }) => {
  for (const link of document.querySelectorAll("#offers > .back > a")) if (link.pathname.endsWith(detail)) link.parentElement.remove();
});

let asking = false;
act("next", async (button) => {
  if (asking) return;
  asking = true;
  button.setAttribute("aria-busy", "true");
  const answered = await send("POST", "/next");
  asking = false;
  button.removeAttribute("aria-busy");
  if (!answered.ok) return refused(answered);
  if (!answered.text) return toast(t("next-none"));
  toast(t("claimed"));
  show(JSON.parse(answered.text).conversation);
});

const first = (name) => document.querySelector(`#offers [data-act="${name}"]:enabled`);
key("y", () => (first("offer-accept") ? first("offer-accept").click() : false));
key("d", () => (first("offer-decline") ? first("offer-decline").click() : false));
key("p", () => {
  const button = document.querySelector('[data-act="next"]');
  return button ? button.click() : false;
});

if (box) {
  hear();
  document.addEventListener("patched", hear);
  document.addEventListener("second", ({ detail }) => draw(detail));
}
