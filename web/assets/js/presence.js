// The menu of one's own presence. What is set is fetched with the first setting.
import { act } from "./act.js";

const set = () => import("./presence-set.js");
act("presence", (button) => {
  if (!button.dataset.person) shut();
  set().then((presence) => presence.set(button));
});
act("wrap-up-end", (button) => set().then(({ endWrapUp }) => endWrapUp(button)));

const menu = () => document.getElementById("me-menu");
function shut() {
  menu()?.removeAttribute("open");
  menu()?.querySelector("summary")?.focus();
}

// Arrows go through the menu, Escape leaves it.
document.addEventListener("keydown", (event) => {
  const open = event.target.closest?.("details.me-menu[open]");
  if (!open) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") {
    event.stopPropagation();
    shut();
  } else if (step) {
    event.preventDefault();
    const all = [...open.querySelectorAll(".menu button, .menu a")];
    const now = all.indexOf(document.activeElement);
    all.at(now < 0 ? (step > 0 ? 0 : -1) : (now + step) % all.length).focus();
  }
});

// A menu closes when the pointer or the focus goes elsewhere.
document.addEventListener("pointerdown", ({ target }) => closeUnless(target));
document.addEventListener("focusin", ({ target }) => closeUnless(target));
function closeUnless(target) {
  for (const menu of document.querySelectorAll("details.me-menu[open]")) {
    if (!menu.contains(target)) menu.removeAttribute("open");
  }
}
