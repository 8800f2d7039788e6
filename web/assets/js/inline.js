// One value of a contact's panel, written where it stands, with the control of its own form and its rules; and shown, where it
// is hidden until somebody asks.
import { redraw } from "./anew.js";
import { giveBack, title } from "./outbox.js";
import { openConversation } from "./panes.js";
import { renew } from "./past.js";
import { fragment } from "./patch.js";
import { say, toast } from "./say.js";
import { get, send } from "./send.js";
import { t } from "./words.js";

// By field, or by the key of what was collected: its form, and what stands in its place once that is left.
const open = new Map();
// By conversation: what was being written there when another one was opened.
const left = new Map();
const written = () => [...open].filter(([, { control, first }]) => control.value !== first);
const panel = () => document.getElementById(`details-${openConversation()}`);
const opener = (field) => document.querySelector(`[data-act="edit-field"]:is([data-field="${CSS.escape(field)}"], [data-key="${CSS.escape(field)}"])`);

// Who writes goes on; where somebody emptied it meanwhile, in a line of its own.
function placeOf(field, label) {
  const place = opener(field)?.closest("dd");
  if (place) return place;
  const term = document.createElement("dt");
  term.textContent = label;
  panel().dataset.late = "";
  panel().querySelector("dl").append(term, document.createElement("dd"));
  return term.nextSibling;
}
function putBack() {
  for (const [field, one] of open) {
    if (one.own.isConnected || !panel()) continue;
    const place = placeOf(field, one.label);
    one.before = [...place.childNodes];
    place.replaceChildren(one.own);
  }
}
document.addEventListener("redrawn", putBack);
document.addEventListener("leaving", () => {
  if (written().length) left.set(openConversation(), written());
  open.clear();
});
document.addEventListener("opened", ({ detail }) => {
  for (const [field, one] of left.get(detail) ?? []) open.set(field, one);
  left.delete(detail);
  putBack();
});
document.addEventListener("gone", ({ detail }) => {
  const conv = openConversation();
  if (detail !== `thread-${conv}`) return;
  for (const [, { label, control }] of written()) giveBack({ conv, who: title(), body: `${label}: ${control.value}` });
  open.clear();
});

async function card(url) {
  const answer = await get(url);
  return answer.ok ? fragment(answer.text).querySelector("form") : null;
}

/** Open the value that a button stands beside: a field of the contact, or with a key what was collected here. */
export async function edit(button, wanted) {
  const { contact, key } = button.dataset;
  const field = button.dataset.field ?? key;
  const url = key ? `/conversations/${openConversation()}/collected` : `/contacts/${contact}/card`;
  const formOf = `${url}?${new URLSearchParams(key ? { key } : { field })}`;
  button.setAttribute("aria-busy", "true");
  const form = await card(formOf);
  button.removeAttribute("aria-busy");
  if (!wanted()) return;
  const name = key ? "value" : `field.${field}`;
  const control = form?.elements[name];
  const place = opener(field)?.closest("dd");
  if (!control || !place) return toast(t("failed"), { loud: true });
  const label = control.closest("label").querySelector(".label").textContent;
  const own = document.createElement("form");
  own.className = "inline-edit";
  own.noValidate = true;
  control.setAttribute("aria-label", label);
  const wrong = document.createElement("span");
  wrong.className = "err";
  wrong.id = `inline-wrong-${field}`;
  wrong.hidden = true;
  const take = document.createElement("button");
  take.className = "btn sm primary";
  take.textContent = form.querySelector('[type="submit"]').textContent;
  own.append(control, take, wrong);
  const one = { own, control, label, first: control.value, before: [...place.childNodes] };
  open.set(field, one);
  place.replaceChildren(own);
  control.focus();

  const leave = async () => {
    open.delete(field);
    own.closest("dd").replaceChildren(...one.before);
    (opener(field) ?? document.getElementById("thread-title")).focus();
    // What was told while this was written was not drawn.
    if ("late" in panel().dataset && !panel().querySelector(".inline-edit")) await renew(panel().id);
  };
  const wrongly = (words) => {
    wrong.textContent = words;
    wrong.hidden = false;
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", wrong.id);
    say(words);
    control.focus();
  };
  own.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    leave();
  });
  own.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (control.value === one.first) return leave();
    if (take.getAttribute("aria-busy") === "true") return;
    take.setAttribute("aria-busy", "true");
    // The rest of the card goes as it is by now, another field may have been written; where this one was, it is told first.
    const now = await card(formOf);
    const theirs = now?.elements[name]?.value ?? one.first;
    if (theirs !== one.first && theirs !== control.value) {
      one.first = theirs;
      take.removeAttribute("aria-busy");
      return wrongly(theirs ? t("card-theirs", { text: theirs }) : t("card-theirs-none"));
    }
    const words = Object.fromEntries(new FormData(now ?? form));
    const taken = await send("POST", url, { ...words, [name]: control.value });
    take.removeAttribute("aria-busy");
    if (taken.ok) {
      toast(t("card-saved"));
      open.delete(field);
      const here = own.contains(document.activeElement);
      await redraw();
      if (own.isConnected) return leave();
      return here && opener(field)?.focus();
    }
    wrongly((taken.error?.message ?? t("failed")).replace(`${label}: `, ""));
  });
}

/** Show a value that is hidden until somebody asks; the house notes that they did. Pressed again, it is hidden. */
export async function unmask(button) {
  const value = button.closest("dd").querySelector(".value");
  if (button.dataset.mask) {
    value.textContent = button.dataset.mask;
    delete button.dataset.mask;
  } else {
    const { contact, field, key } = button.dataset;
    const wanted = field ? { key: field } : { key, conversation: openConversation() };
    button.setAttribute("aria-busy", "true");
    const answer = await send("POST", `/contacts/${contact}/reveal`, wanted);
    button.removeAttribute("aria-busy");
    if (!answer.ok) return toast(answer.error?.message ?? t("failed"), { loud: true });
    button.dataset.mask = value.textContent;
    value.textContent = JSON.parse(answer.text).value;
    say(value.textContent);
  }
  const words = button.dataset.shown;
  button.dataset.shown = button.ariaLabel;
  button.ariaLabel = words;
  button.querySelector("use").setAttribute("href", button.dataset.mask ? "#i-eye-off" : "#i-eye");
}
