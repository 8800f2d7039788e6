// What is done to the open conversation beside answering: put it aside, fetch it back, resolve it. Fetched when it is
// first asked for.
import { redraw } from "./anew.js";
import { show } from "./hand.js";
import { neighbour } from "./list.js";
import { headedFor, open, openConversation } from "./panes.js";
import { fragment } from "./patch.js";
import { patiently } from "./patience.js";
import { plain } from "./plain.js";
import { say, toast } from "./say.js";
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
  if (headedFor() === id) open(matchMedia("(min-width: 720px)").matches ? next : null, { focus: "composer" });
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

/** An answer is on its way: what was to be done to its conversation then, wherever its author is by now. */
export async function afterwards(id, deed, who) {
  const button = headedFor() === id && document.querySelector(`#thread-pane[data-conv="${id}"] [data-act="${deed}"]`);
  if (button) return deed === "close" ? close(button) : snooze(button);
  if (deed !== "close") return leftOpen(id, t("snooze-left", { name: who }));
  const answer = await send("POST", `/conversations/${id}/close`);
  if (answer.ok) undoable(t("resolved"), takeBack(id, "reopen"));
  else leftOpen(id, `${who}: ${why(answer)}`);
}

// It was meant to be done and is not: told with the way there.
function leftOpen(id, words) {
  const line = toast(words, { loud: true });
  const link = document.createElement("a");
  link.href = `/inbox/${id}`;
  link.dataset.open = "";
  link.textContent = t("open-it");
  line?.append(link);
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
}

export function closeWith(button) {
  const id = openConversation();
  return id && pick(button, "close", `/conversations/${id}/close`);
}

/** Tags come and go while the dialog stands; once it is closed, all of that can be taken back in one go. */
export async function tags(button) {
  const id = openConversation();
  if (!id) return;
  await pick(button, "tags", `/conversations/${id}/tags`);
  document.getElementById("tags")?.addEventListener("close", ({ target }) => {
    const { changed = new Map(), urgency } = target;
    if (!changed.size && !urgency) return;
    undoable(t(changed.size ? "tagged" : "prioritized"), async () => {
      const deeds = [...changed].map(([tag, on]) => ["POST", "tags", { tag, on: !on }]);
      if (urgency) deeds.push(["PUT", "urgency", { urgency }]);
      let wrong = null;
      for (const [method, what, fields] of deeds) {
        const answer = await send(method, `/conversations/${id}/${what}`, fields);
        if (!answer.ok) wrong = why(answer);
      }
      return wrong;
    });
  });
}

function wrong(dialog, answer) {
  const error = dialog.querySelector("[data-dialog-error]");
  error.querySelector("span").textContent = why(answer);
  error.hidden = false;
}

async function toggleTag(button, dialog) {
  const on = button.getAttribute("aria-pressed") !== "true";
  const wanted = button.dataset.tag ?? dialog.querySelector("[data-pick-search]").value.trim();
  const answer = await ask(button, `/conversations/${dialog.dataset.conversation}/tags`, { tag: wanted, on });
  if (!answer) return;
  if (!answer.ok) return wrong(dialog, answer);
  dialog.querySelector("[data-dialog-error]").hidden = true;
  const tag = JSON.parse(answer.text).tag ?? wanted;
  let line = [...dialog.querySelectorAll("[data-tag]")].find((one) => one.dataset.tag === tag);
  if (!line) {
    line = button.cloneNode(true);
    line.removeAttribute("data-tag-new");
    line.dataset.tag = tag;
    line.querySelector("span").textContent = tag;
    line.querySelector("use").setAttribute("href", "#i-check");
    line.querySelector("svg").classList.add("tick");
    button.before(line);
  }
  line.setAttribute("aria-pressed", String(on));
  say(`${tag}: ${t(on ? "tag-on" : "tag-off")}`);
  dialog.changed ??= new Map();
  if (dialog.changed.get(tag) === !on) dialog.changed.delete(tag);
  else dialog.changed.set(tag, on);
  if (!button.dataset.tag) {
    const search = dialog.querySelector("[data-pick-search]");
    search.value = "";
    search.dispatchEvent(new Event("input", { bubbles: true }));
    search.focus();
  }
}

async function setUrgency(button, dialog) {
  if (button.getAttribute("aria-pressed") === "true" || button.getAttribute("aria-busy") === "true") return;
  const urgency = button.dataset.urgency;
  button.setAttribute("aria-busy", "true");
  const answer = await send("PUT", `/conversations/${dialog.dataset.conversation}/urgency`, { urgency });
  button.removeAttribute("aria-busy");
  if (!answer.ok) return wrong(dialog, answer);
  dialog.urgency ??= JSON.parse(answer.text).before;
  for (const one of dialog.querySelectorAll("[data-urgency]")) one.setAttribute("aria-pressed", String(one === button));
}
document.addEventListener("click", ({ target }) => {
  const dialog = target.closest?.("dialog#tags");
  const tag = dialog && target.closest("[data-tag], [data-tag-new]");
  const urgency = dialog && target.closest("[data-urgency]");
  if (tag) toggleTag(tag, dialog);
  else if (urgency) setUrgency(urgency, dialog);
});

/** Two contacts are one from now on; eight seconds to take that back here, and later beside the contact. */
async function merge(button, contact, into) {
  const answer = await ask(button, `/contacts/${contact}/merge`, { into });
  if (!answer?.ok) return answer;
  const { merge: id } = JSON.parse(answer.text);
  undoable(t("joined"), async () => {
    const back = await send("POST", `/contacts/merges/${id}/undo`);
    if (!back.ok) return why(back);
    redraw();
  });
  redraw();
  return answer;
}

export async function join(button) {
  const { contact, into } = button.dataset;
  const answer = await merge(button, contact, into);
  if (answer && !answer.ok) toast(why(answer), { loud: true });
}

export const joinWith = (button) => show(button, "join", `/contacts/${button.dataset.contact}/join`);

let seeking = null;
document.addEventListener("input", async ({ target }) => {
  if (!target.matches?.("[data-join-search]")) return;
  seeking?.abort();
  const { signal } = (seeking = new AbortController());
  await new Promise((done) => setTimeout(done, 200));
  if (signal.aborted) return;
  const dialog = target.closest("dialog");
  const answer = await patiently(`/contacts/${dialog.dataset.contact}/join?${new URLSearchParams({ q: target.value })}`, signal);
  if (!signal.aborted && answer.ok) document.getElementById("join-found")?.replaceWith(fragment(answer.text));
});
document.addEventListener("click", async ({ target }) => {
  const choice = target.closest?.("[data-join-with]");
  if (!choice) return;
  const dialog = choice.closest("dialog");
  const answer = await merge(choice, choice.dataset.joinWith, dialog.dataset.contact);
  if (answer?.ok) dialog.close();
  else if (answer) wrong(dialog, answer);
});

export const block = (button) => show(button, "block", `/contacts/${button.dataset.contact}/block`);

export async function vendorBlock(button) {
  const answer = await ask(button, `/contacts/${button.dataset.contact}/block/vendor`);
  if (!answer) return;
  toast(answer.ok ? t("vendor-asked") : why(answer), { loud: !answer.ok });
  if (answer.ok) redraw();
}

export async function unblock(button) {
  const answer = await ask(button, `/contacts/${button.dataset.contact}/unblock`);
  if (!answer) return;
  toast(answer.ok ? t("unblocked") : why(answer), { loud: !answer.ok });
  if (answer.ok) redraw();
}
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.block) return;
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(form));
  const answer = await ask(event.submitter ?? form, `/contacts/${form.dataset.block}/block`, fields);
  if (!answer) return;
  if (!answer.ok) return wrong(form, answer);
  form.closest("dialog").close();
  undoable(t("blocked"), async () => {
    const back = await send("POST", `/contacts/${form.dataset.block}/unblock`);
    if (!back.ok) return why(back);
    toast(t("unblocked"));
    redraw();
  });
  redraw();
});

/** It was handed on: until somebody takes it, that can be taken back. */
export const handed = (id, text) => undoable(text, takeBack(id, "transfer/undo"));

export async function reopen(button) {
  const answer = await ask(button, `/conversations/${openConversation()}/reopen`);
  if (answer) toast(answer.ok ? JSON.parse(answer.text).said : why(answer), { loud: !answer.ok });
}

const choices = (dialog) => [...dialog.querySelectorAll(".pick-list .menu-item:not([hidden])")];
document.addEventListener("input", ({ target }) => {
  if (!target.matches?.("[data-pick-search]")) return;
  const dialog = target.closest("dialog");
  const wanted = plain(target.value.trim());
  for (const choice of dialog.querySelectorAll(".pick-list .menu-item")) {
    choice.hidden = Boolean(wanted) && !plain(choice.textContent).includes(wanted);
  }
  const fresh = dialog.querySelector("[data-tag-new]");
  if (fresh) {
    const known = [...dialog.querySelectorAll("[data-tag]")].some((one) => plain(one.dataset.tag) === wanted);
    fresh.hidden = !wanted || known;
    fresh.querySelector("b").textContent = target.value.trim();
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
// What an outcome asks for and nobody filled in yet is asked for in the same step.
const control = (line) => line.querySelector("input, select");
function asksMore(form, button) {
  const box = form.querySelector("[data-close-fields]");
  if (!box || form.dataset.work !== "close" || !button) return false;
  const step = "closeNow" in button.dataset;
  const keys = button.dataset.asks?.split(" ") ?? [];
  const lines = [...box.querySelectorAll("[data-asked]")];
  if (!step) for (const line of lines) line.hidden = !("always" in line.dataset) && !keys.includes(line.dataset.asked);
  const empty = lines.filter((line) => !line.hidden && !control(line).value.trim());
  if (!empty.length) return false;
  if (!step) {
    box.querySelector("[data-close-now]").value = button.value;
    box.querySelector("[data-outcome]").textContent = button.dataset.name ?? "";
    stepTo(form, true);
  }
  control(empty[0]).focus();
  return true;
}
function stepTo(form, on) {
  const box = form.querySelector("[data-close-fields]");
  box.querySelector("[data-close-step]").hidden = !on;
  form.querySelector("[data-close-choice]").hidden = on;
  box.hidden = !on && !box.querySelector("[data-always]");
}
document.addEventListener("click", ({ target }) => {
  if (!target.closest?.("[data-close-back]")) return;
  const { form } = target.closest("button");
  for (const line of form.querySelectorAll("[data-asked]:not([data-always])")) line.hidden = true;
  form.querySelector("[data-outcome]").textContent = "";
  stepTo(form, false);
  form.querySelector("[data-pick-search], [data-close-choice] button")?.focus();
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const done = forms[form.dataset?.work];
  if (!done) return;
  event.preventDefault();
  if (asksMore(form, event.submitter)) return;
  const id = form.dataset.conversation;
  const next = neighbour(id);
  const fields = Object.fromEntries(new FormData(form, event.submitter));
  const answer = await ask(event.submitter ?? form, `/conversations/${id}/${form.dataset.work}`, fields);
  if (!answer) return;
  if (answer.ok) {
    form.closest("dialog").close();
    return done(id, JSON.parse(answer.text || "{}"), next, fields);
  }
  wrong(form, answer);
  const fill = form.querySelector("[data-fill-card]");
  if (fill) fill.hidden = answer.error?.code !== "fields_missing";
});
document.addEventListener("click", ({ target }) => {
  const fill = target.closest?.("[data-fill-card]");
  if (!fill) return;
  fill.closest("dialog").close();
  show(document.getElementById("thread-title"), "card", `/contacts/${fill.dataset.fillCard}/card`);
});

// Arrows go through the choices of a dialog; Enter in the search takes the first.
document.addEventListener("keydown", (event) => {
  const dialog = event.target.closest?.("dialog.pick");
  if (!dialog || event.isComposing) return;
  const all = choices(dialog);
  // Enter in a field must not choose the first outcome.
  if (event.key === "Enter" && event.target.closest("[data-close-fields]") && event.target.matches("input")) {
    event.preventDefault();
    dialog.querySelector("[data-close-step]:not([hidden]) [data-close-now]")?.click();
  }
  if (event.key === "Enter" && event.target.matches("[data-pick-search]")) {
    event.preventDefault();
    all[0]?.click();
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.target.closest("[data-close-fields]") || event.target.matches("select, input[type='date'], input[type='time'], textarea")) return;
  event.preventDefault();
  all[Math.min(Math.max(all.indexOf(document.activeElement) + step, 0), all.length - 1)]?.focus();
});
