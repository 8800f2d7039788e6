// Which message is answered: by the button that comes up beside it, by a swipe, or by Q from the last one upwards.
import { act } from "./act.js";
import { key, when } from "./keys.js";

export const can = () => document.querySelector('#dock[data-mode="open"]:not([data-note]) #quote');
const messages = () => [...document.querySelectorAll('[data-thread] > .msg[id^="m-"]')];
export const choose = (message) => void when(import("./strips.js"), ({ quote }) => quote(message));
let button = null;

document.addEventListener("pointerover", ({ target, pointerType }) => {
  if (pointerType === "touch") return;
  const message = target.closest?.('[data-thread] > .msg[id^="m-"]');
  if (!message || !can()) return;
  button ??= document.getElementById("msg-do").content.firstElementChild.cloneNode(true);
  if (button.parentElement !== message) message.append(button);
});
act("quote", (one) => choose(one.closest(".msg")));

// Whoever touches the screen may swipe, too.
addEventListener("touchstart", () => import("./swipe.js"), { once: true, passive: true });
key("quote", () => {
  if (!can()) return false;
  const all = messages();
  const at = all.findIndex((one) => one.hasAttribute("data-quoted"));
  const next = all.at((at < 0 ? all.length : at) - 1);
  if (next) choose(next);
});
