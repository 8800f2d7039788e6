// Accepting and declining what is offered, and taking the next one. Loaded with the first of them.
import { say, toast } from "./say.js";
import { send } from "./send.js";
import { t } from "./words.js";

// On the inbox the conversation opens in its pane, elsewhere the inbox opens with it.
async function show(conversation) {
  if (!document.getElementById("inbox")) return location.assign(`/inbox/${conversation}`);
  const { open } = await import("./panes.js");
  return open(conversation, { focus: "composer" });
}

const refused = (answer) => toast(answer.error?.message ?? t(answer.status === 403 ? "failed-forbidden" : "failed"), { loud: true });

/** Accept or decline the offer of a button. */
export async function answer(button, how) {
  const { conversation } = button.dataset;
  const card = button.closest(".offer");
  if (card.hasAttribute("aria-busy")) return;
  card.setAttribute("aria-busy", "true");
  const answered = await send("POST", `/conversations/${conversation}/offer/${how}`);
  card.removeAttribute("aria-busy");
  if (!answered.ok) return refused(answered);
  card.remove();
  if (how === "accept") return show(conversation);
  say(t("offer-declined"));
}
let asking = false;

/** Take the next one of what waits. */
export async function next(button) {
  if (asking) return;
  asking = true;
  button.setAttribute("aria-busy", "true");
  const answered = await send("POST", "/next");
  asking = false;
  button.removeAttribute("aria-busy");
  if (!answered.ok) return refused(answered);
  if (!answered.text) return toast(t("next-none"));
  toast(t("claimed"));
  return show(JSON.parse(answered.text).conversation);
}

