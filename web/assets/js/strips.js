// Strips above the field: the message that is answered, another draft, what a macro does afterwards.
import { act } from "./act.js";
import { settle } from "./drafts.js";
import { when } from "./keys.js";
import { beside } from "./outbox.js";
import { openConversation } from "./panes.js";
import { say, shout, toast } from "./say.js";
import { send } from "./send.js";
import { t } from "./words.js";

const byId = (id) => document.getElementById(id);
const field = () => byId("draft");
const more = (change) => beside.set(openConversation(), { ...beside.get(openConversation()), ...change });
const typed = () => field().dispatchEvent(new Event("input", { bubbles: true }));

const marked = () => document.querySelector("[data-quoted]");

/** Answer this message: with words, or with a reaction. */
export function quote(message) {
  const strip = byId("quote");
  if (!message?.isConnected || !strip) return;
  marked()?.removeAttribute("data-quoted");
  message.dataset.quoted = "";
  message.scrollIntoView({ block: "nearest" });
  const name = message.querySelector("[data-by]")?.textContent ?? "";
  const words = message.querySelector(".bubble > :is(.txt, .medium, .odd, .file, .pick-tag)") ?? message.querySelector("img[alt]");
  strip.querySelector("[data-name]").textContent = name;
  strip.querySelector("[data-text]").textContent = (words?.textContent || words?.alt || "").slice(0, 200);
  strip.hidden = false;
  const quotes = "quotes" in byId("composer").dataset;
  if (quotes) more({ replyTo: message.id.slice("m-".length) });
  field().focus();
}

function unquote() {
  const strip = byId("quote");
  marked()?.removeAttribute("data-quoted");
  if (strip) strip.hidden = true;
  more({ replyTo: null });
}
act("quote-close", () => {
  unquote();
  field().focus();
});
addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape" || !field() || event.target !== field() || !byId("quote") || byId("quote").hidden) return;
    event.stopPropagation();
    unquote();
  },
  true,
);

// From the field to the one before or after, without leaving it; which one it is now is said.
addEventListener("keydown", (event) => {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!step || !event.altKey || event.ctrlKey || event.metaKey || event.target !== field() || !marked()) return;
  event.preventDefault();
  const all = [...document.querySelectorAll('[data-thread] > .msg[id^="m-"]')];
  const next = all[all.indexOf(marked()) + step];
  if (!next) return;
  quote(next);
  const strip = byId("quote");
  say(`${strip.querySelector("[data-name]").textContent}: ${strip.querySelector("[data-text]").textContent}`);
});

/** React to the message that is answered; the same again takes it back. */
export async function react(emoji) {
  const message = marked();
  if (!message) return;
  const ours = [...message.querySelectorAll(".react[data-ours]")].some((one) => one.dataset.ours === emoji);
  const content = { kind: "reaction", target: "", ...(!ours && { emoji }) };
  const id = message.id.slice("m-".length);
  const conv = openConversation();
  unquote();
  field().focus();
  const answer = await send("POST", `/conversations/${conv}/messages`, { client_id: crypto.randomUUID(), content, reply_to: id });
  if (!answer.ok) toast(answer.error?.message ?? t("failed"), { loud: true });
}
act("react", ({ dataset }) => react(dataset.emoji));
act("react-more", (button) => when(import("./emoji.js"), ({ toggle }) => toggle(button, react)));

let other = null;

/** Offer another draft: one's own from elsewhere, or that of who had the conversation before. */
export function offer(draft) {
  const strip = byId("draft-strip");
  const note = "note" in byId("dock").dataset;
  // It may have come late: another conversation is open by now, or the other of answer and note.
  if (!strip || draft.conv !== openConversation() || draft.note !== note || field().value.trim() === draft.body.trim()) return;
  other = draft;
  const whose = strip.querySelector("[data-whose]");
  whose.textContent = draft.name ? whose.dataset.theirs.replace("{name}", draft.name) : whose.dataset.mine;
  strip.querySelector("[data-text]").textContent = draft.body;
  strip.hidden = false;
  if (!draft.name) shout(whose.textContent);
}
function answered(text) {
  byId("draft-strip").hidden = true;
  if (!other.name) settle(other.conv, other.note, text, other.v);
  other = null;
  field().focus();
}
act("draft-take", () => {
  const { body } = other;
  field().value = body;
  answered(body);
  typed();
});
act("draft-keep", () => answered(field().value));

/** What a macro does when this answer is on its way. */
export function afterwards(id, names) {
  const strip = byId("slash-after");
  more({ after: id });
  strip.querySelector("[data-text]").textContent = names.join(", ");
  strip.hidden = false;
}
act("slash-cancel", () => {
  more({ after: null });
  byId("slash-after").hidden = true;
  field().focus();
});

// An answer of any kind took it along.
document.addEventListener("quoted", ({ detail }) => detail === openConversation() && unquote());
document.addEventListener("given", ({ detail }) => {
  if (detail !== openConversation()) return;
  for (const id of ["quote", "slash-after"]) if (byId(id)) byId(id).hidden = true;
  marked()?.removeAttribute("data-quoted");
});
// Another conversation: what was to go with an answer here is chosen anew. What was sent already has its own.
document.addEventListener("leaving", () => beside.delete(openConversation()));
