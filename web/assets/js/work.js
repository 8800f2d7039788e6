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
  if (answer.ok) return closed(id, next);
  if (["outcome_required", "fields_missing"].includes(answer.error?.code)) return closeWith(button);
  toast(why(answer), { loud: true });
}

function closed(id, next) {
  undoable(t("resolved"), takeBack(id, "reopen"));
  goOn(id, next);
}

const RECENT = 5;
const recent = (name) => {
  try {
    return JSON.parse(localStorage.getItem(`bandeja:recent-${name}`)) ?? [];
  } catch {
    return []; // Storage may be forbidden; then nothing goes before.
  }
};
function remember(name, value) {
  if (!value) return;
  try {
    const kept = [value, ...recent(name).filter((one) => one !== value)].slice(0, RECENT);
    localStorage.setItem(`bandeja:recent-${name}`, JSON.stringify(kept));
  } catch {
    // As above.
  }
}

/** Show a dialog to choose from: what was chosen lately stands first, and one types to find. */
async function pick(button, name, url) {
  await show(button, name, url);
  const dialog = document.getElementById(name);
  const list = dialog?.querySelector("[data-recent]");
  for (const value of list ? recent(list.dataset.recent).reverse() : []) {
    const choice = [...list.children].find((one) => one.value === value);
    if (choice) list.prepend(choice);
  }
  if (matchMedia("(pointer: fine)").matches) dialog?.querySelector("[data-pick-search]")?.focus();
}

export function closeWith(button) {
  const id = openConversation();
  return id && pick(button, "close", `/conversations/${id}/close`);
}

export async function reopen(button) {
  const answer = await ask(button, `/conversations/${openConversation()}/reopen`);
  if (answer) toast(answer.ok ? JSON.parse(answer.text).said : why(answer), { loud: !answer.ok });
}

const plain = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const choices = (dialog) => [...dialog.querySelectorAll(".pick-list .menu-item:not([hidden])")];
document.addEventListener("input", ({ target }) => {
  if (!target.matches?.("[data-pick-search]")) return;
  const dialog = target.closest("dialog");
  const wanted = plain(target.value.trim());
  for (const choice of dialog.querySelectorAll(".pick-list .menu-item")) {
    choice.hidden = Boolean(wanted) && !plain(choice.textContent).includes(wanted);
  }
  const none = dialog.querySelector("[data-pick-none]");
  if (none) none.hidden = choices(dialog).length > 0;
});

// A dialog's form, and what follows when it was taken.
const forms = {
  snooze(id, { said }, next) {
    undoable(said, takeBack(id, "wake"));
    goOn(id, next);
  },
  close(id, _, next, { outcome }) {
    remember("outcomes", outcome);
    closed(id, next);
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
    return done(id, JSON.parse(answer.text || "{}"), next, fields);
  }
  const error = form.querySelector("[data-dialog-error]");
  error.querySelector("span").textContent = why(answer);
  error.hidden = false;
  const fill = error.querySelector("[data-fill]");
  if (fill) fill.hidden = answer.error?.code !== "fields_missing";
});
document.addEventListener("click", ({ target }) => {
  const fill = target.closest?.("[data-fill]");
  if (!fill) return;
  fill.closest("dialog").close();
  show(document.getElementById("thread-title"), "card", `/contacts/${fill.dataset.fill}/card`);
});

// Arrows go through the choices of a dialog; Enter in the search takes the first.
document.addEventListener("keydown", (event) => {
  const dialog = event.target.closest?.("dialog.pick");
  if (!dialog || event.isComposing) return;
  const all = choices(dialog);
  if (event.key === "Enter" && event.target.matches("[data-pick-search]")) {
    event.preventDefault();
    all[0]?.click();
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.target.matches("select, input[type='date'], input[type='time'], textarea")) return;
  event.preventDefault();
  all[Math.min(Math.max(all.indexOf(document.activeElement) + step, 0), all.length - 1)]?.focus();
});
