// What is done to the open conversation beside answering: put it aside, fetch it back, resolve it. Fetched when it is
// first asked for.
import { show } from "./hand.js";
import { neighbour } from "./list.js";
import { open, openConversation } from "./panes.js";
import { toast } from "./say.js";
import { send } from "./send.js";
import { undoable } from "./undo.js";
import { t } from "./words.js";

const why = (answer) => answer.error?.message ?? t(answer.status === 403 ? "failed-forbidden" : "failed");

async function ask(button, url, fields) {
  if (button.getAttribute("aria-busy") === "true") return null;
  button.setAttribute("aria-busy", "true");
  const answer = await send("POST", url, fields);
  button.removeAttribute("aria-busy");
  return answer;
}

// On a phone the list comes next; on a desk the next conversation does.
function goOn(id, next) {
  if (openConversation() === id) open(matchMedia("(min-width: 720px)").matches ? next : null, { focus: "composer" });
}

/** Take back by a command on the conversation, and show it again. */
const takeBack = (id, deed, fields) => async () => {
  const answer = await send("POST", `/conversations/${id}/${deed}`, fields);
  if (!answer.ok) return why(answer);
  open(id, { focus: "composer" });
};

export function snooze(button) {
  const id = openConversation();
  return id && show(button, "snooze", `/conversations/${id}/snooze`);
}

export async function wake(button) {
  const answer = await ask(button, `/conversations/${openConversation()}/wake`);
  if (answer) toast(answer.ok ? JSON.parse(answer.text).said : why(answer), { loud: !answer.ok });
}

export async function close(button) {
  const id = openConversation();
  const next = neighbour(id);
  const answer = await ask(button, `/conversations/${id}/close`);
  if (!answer) return;
  if (!answer.ok) return toast(why(answer), { loud: true });
  toast(t("resolved"));
  goOn(id, next);
}

// A dialog's form, and what follows when it was taken.
const forms = {
  snooze(id, { said }, next) {
    undoable(said, takeBack(id, "wake"));
    goOn(id, next);
  },
};
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const done = forms[form.dataset?.work];
  if (!done) return;
  event.preventDefault();
  const id = form.dataset.conversation;
  const next = neighbour(id);
  const fields = Object.fromEntries(new FormData(form, event.submitter));
  const answer = await ask(event.submitter ?? form, `/conversations/${id}/${form.dataset.work}`, fields);
  if (!answer) return;
  if (answer.ok) {
    form.closest("dialog").close();
    return done(id, JSON.parse(answer.text || "{}"), next);
  }
  const error = form.querySelector("[data-dialog-error]");
  error.querySelector("span").textContent = why(answer);
  error.hidden = false;
});

// Arrows go through the choices of a dialog.
document.addEventListener("keydown", (event) => {
  const list = event.target.closest?.("dialog.pick");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!list || !step || event.target.matches("select, input[type='date'], input[type='time'], textarea")) return;
  event.preventDefault();
  const all = [...list.querySelectorAll(".pick-list .menu-item")].filter((one) => one.checkVisibility());
  const now = all.indexOf(document.activeElement);
  all[Math.min(Math.max(now + step, 0), all.length - 1)]?.focus();
});
