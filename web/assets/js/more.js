// What is sent less often: a question with buttons, a place, an answer for later.
import { act } from "./act.js";
import { attached } from "./attach.js";
import { beside } from "./composer.js";
import { openConversation } from "./panes.js";
import { say } from "./say.js";

let menu = null;
const field = () => document.getElementById("draft");

function close() {
  menu?.remove();
  menu = null;
  document.querySelector('[data-act="more"]')?.removeAttribute("aria-expanded");
}

/** Open or close the menu. */
export function toggle(button) {
  if (menu?.isConnected) return close();
  menu = document.getElementById("more-menu").content.firstElementChild.cloneNode(true);
  document.getElementById("composer").append(menu);
  button.setAttribute("aria-expanded", "true");
  menu.querySelector("button").focus();
  menu.addEventListener("keydown", (event) => {
    const items = [...menu.querySelectorAll("button")];
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (to !== undefined) items.at(to % items.length).focus();
    else if (event.key === "Escape") {
      close();
      button.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

function empty() {
  field().value = "";
  field().dispatchEvent(new Event("input", { bubbles: true }));
}

act("build", async ({ dataset }) => {
  close();
  const { build } = await import("./builder.js");
  build(openConversation(), dataset.what, field().value.trim());
});
act("later", async () => {
  close();
  const conv = openConversation();
  const body = field().value.trim();
  if (!body || attached(conv).files.length) {
    field().focus();
    return say(field().form.dataset.later);
  }
  const place = body.match(/\{\{[^{}]*\}\}/);
  if (place) return say(`${field().form.dataset.fill}: ${place[0]}`);
  const { later } = await import("./later.js");
  later(conv, body, beside.get(conv)?.replyTo, () => {
    beside.delete(conv);
    document.dispatchEvent(new CustomEvent("given", { detail: conv }));
    if (conv === openConversation() && field().value.trim() === body) empty();
    field()?.focus();
  });
});
// What was asked with buttons was written in the field before.
document.addEventListener("built", ({ detail: { conv, body } }) => conv === openConversation() && field().value.trim() === body && empty());
document.addEventListener("pointerdown", ({ target }) => menu && !menu.contains(target) && !target.closest('[data-act="more"]') && close());
document.addEventListener("leaving", close);
