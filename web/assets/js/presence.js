// The switch of presence, one's own or a colleague's. The new look arrives on the socket, as for every other tab.
import { act } from "./act.js";
import { say, toast } from "./say.js";
import { send } from "./send.js";
import { t } from "./words.js";

act("presence", async (button) => {
  const { to: state, code = "", person } = button.dataset;
  if (!person) shut();
  const answer = await send("PUT", person ? `/people/${person}/presence` : "/me/presence", { state, code });
  if (!answer.ok) toast(answer.error?.message ?? t("failed"), { loud: true });
  else if (person) location.reload();
  else say(t(code ? "presence-set" : `presence-${state}`));
});

act("wrap-up-end", async (button) => {
  button.disabled = true;
  const answer = await send("POST", "/me/wrap-up/end", {});
  button.disabled = false;
  if (answer.ok) say(t("wrap-up-ended"));
  else toast(answer.error?.message ?? t("failed"), { loud: true });
});

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
