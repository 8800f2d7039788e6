// The switch of one's own presence. The new look arrives on the socket, as for every other tab.
import { act } from "./act.js";
import { say, toast } from "./say.js";
import { send } from "./send.js";
import { t } from "./words.js";

act("presence", async (button) => {
  const menu = document.getElementById("me-menu");
  menu?.removeAttribute("open");
  menu?.querySelector("summary")?.focus();
  const answer = await send("PUT", "/me/presence", { state: button.dataset.state });
  if (answer.ok) say(t(`presence-${button.dataset.state}`));
  else toast(answer.error?.message ?? t("failed"), { loud: true });
});

// A menu closes when the pointer or the focus goes elsewhere.
document.addEventListener("pointerdown", ({ target }) => closeUnless(target));
document.addEventListener("focusin", ({ target }) => closeUnless(target));
function closeUnless(target) {
  for (const menu of document.querySelectorAll("details.me-menu[open]")) {
    if (!menu.contains(target)) menu.removeAttribute("open");
  }
}
