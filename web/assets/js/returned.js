// What did not go out: why, beside its bubble, and what can be done; and what is not its author's to send any more, as a card
// that stays, in every tab and after a reload, until they close it.
import { act } from "./act.js";
import { KEY, all, draw, drawAll, drop, find, giveBack, keep, run, update } from "./outbox.js";
import { openConversation } from "./panes.js";
import { shout, toast } from "./say.js";
import { t } from "./words.js";

const byId = (id) => document.getElementById(id);

/** Say beside a bubble why it did not go, or that it is still being tried, and what can be done. */
export function trouble(element, { id, failed }) {
  if (element.classList.contains("failed") !== Boolean(failed)) return;
  element.querySelector(".msg-err")?.remove();
  const line = document.createElement("div");
  line.className = "msg-err";
  const why = document.createElement("span");
  why.textContent = failed || t("still-trying");
  line.append(why);
  for (const name of failed ? ["retry", "discard"] : ["discard"]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn sm";
    button.dataset.act = name;
    button.dataset.client = id;
    button.textContent = t(name);
    line.append(button);
  }
  element.append(line);
}

act("retry", ({ dataset }) => {
  update(dataset.client, { failed: null, lost: false, tries: 0 });
  const entry = find(dataset.client);
  if (entry) draw(entry);
  run();
});
act("discard", ({ dataset }) => {
  drop(dataset.client);
  byId(`p-${dataset.client}`)?.remove();
  byId("draft")?.focus();
});

/** One was refused: told here, and where another conversation is open, with whose it was. */
export function refused(id) {
  const entry = find(id);
  if (!entry) return;
  if (entry.lost && entry.conv !== openConversation()) return settle();
  const words = `${t("not-sent")}. ${entry.failed}`;
  if (byId(`p-${id}`)) shout(words);
  else toast(`${entry.who}: ${words}`, { loud: true });
}

/** Draw what was given back; whoever was `writing` one goes on in it. */
export function cards(writing) {
  const box = byId("offers");
  const back = all().filter((one) => one.back);
  for (const card of box.querySelectorAll("[data-returned]")) if (!back.some(({ id }) => id === card.dataset.returned)) card.remove();
  for (const one of back) {
    let element = [...box.children].find(({ dataset }) => dataset.returned === one.id);
    if (!element) box.prepend((element = card(one)));
    // The end of a sentence is no key of the page.
    if (one.id === writing) element.querySelector("textarea").focus();
  }
}

function card({ id, who, body, file }) {
  const element = byId("draft-saved").content.firstElementChild.cloneNode(true);
  element.dataset.returned = id;
  const said = element.querySelector("[data-said]");
  said.textContent = said.textContent.replace("{name}", who ?? "");
  const text = element.querySelector("textarea");
  text.value = body;
  text.addEventListener("input", () => update(id, { body: text.value }));
  const lost = element.querySelector("[data-file]");
  if (file) lost.textContent = `${t("not-sent")}: ${file.name ?? lost.dataset.file}`;
  lost.hidden = !file;
  text.hidden = element.querySelector('[data-act="draft-copy"]').hidden = !body;
  shout([said.textContent, lost.textContent].filter(Boolean).join(" "));
  return element;
}
act("returned-close", (button) => {
  const element = button.closest("li");
  drop(element.dataset.returned);
  element.remove();
});
act("draft-copy", async (button) => {
  const text = button.parentElement.querySelector("textarea");
  text.select();
  try {
    await navigator.clipboard.writeText(text.value);
    toast(t("copied"));
  } catch {
    // It is selected; Ctrl C does it.
  }
});

// Its thread may have been before their eyes when it was refused, and is gone now.
function settle() {
  const gone = all().filter(({ lost, back, conv }) => lost && !back && conv !== openConversation());
  for (const one of gone) giveBack(one);
  cards();
  // What was written after it waits no longer.
  if (gone.length) run();
}

// What was sent or put away in another tab stands here no more; what was sent comes as a message.
function sweep() {
  const here = new Set(all().map(({ id, back }) => (back ? "" : `p-${id}`)));
  for (const bubble of document.querySelectorAll('[data-thread] > [id^="p-"]')) if (!here.has(bubble.id)) bubble.remove();
}
addEventListener("storage", ({ key, oldValue, newValue }) => {
  if (!key?.startsWith(`${KEY}:`)) return;
  drawAll();
  const { id, failed, back } = JSON.parse(newValue) ?? {};
  if (failed && !back && !JSON.parse(oldValue)?.failed) refused(id);
  settle();
  setTimeout(sweep, 1000);
});
for (const name of ["opened", "refetched"]) document.addEventListener(name, settle);
settle();
// Pages of before kept them all in one place.
try {
  for (const one of JSON.parse(localStorage.getItem(KEY)) ?? []) keep(one);
  localStorage.removeItem(KEY);
  drawAll();
  run();
} catch {
  // Storage is forbidden.
}
