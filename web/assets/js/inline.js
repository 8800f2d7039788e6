// One field of a contact, written where it stands: the control of the card's own form, and its rules.
import { redraw } from "./anew.js";
import { fragment } from "./patch.js";
import { say, toast } from "./say.js";
import { get, send } from "./send.js";
import { t } from "./words.js";

// By field: its form, and what stands in its place once that is left.
const open = new Map();
const opener = (field) => document.querySelector(`[data-act="edit-field"][data-field="${CSS.escape(field)}"]`);
// The panel was drawn anew: who writes in it goes on.
document.addEventListener("redrawn", () => {
  for (const [field, one] of open) {
    const place = opener(field)?.closest("dd");
    if (!place) return open.delete(field);
    one.before = [...place.childNodes];
    place.replaceChildren(one.own);
  }
});
document.addEventListener("leaving", () => open.clear());

async function card(url) {
  const answer = await get(url);
  return answer.ok ? fragment(answer.text).querySelector("form") : null;
}

/** Open the field that a button stands in. */
export async function edit(button, wanted) {
  const { contact, field } = button.dataset;
  const url = `/contacts/${contact}/card`;
  button.setAttribute("aria-busy", "true");
  const form = await card(url);
  button.removeAttribute("aria-busy");
  if (!wanted()) return;
  const control = form?.elements[`field.${field}`];
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
  const one = { own, before: [...place.childNodes] };
  open.set(field, one);
  place.replaceChildren(own);
  control.focus();
  const first = control.value;

  const leave = () => {
    open.delete(field);
    own.closest("dd").replaceChildren(...one.before);
    opener(field)?.focus();
  };
  own.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    leave();
  });
  own.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (control.value === first) return leave();
    if (take.getAttribute("aria-busy") === "true") return;
    take.setAttribute("aria-busy", "true");
    // The rest of the card goes as it is by now, another field may have been written; where this one was, it is told.
    const now = await card(url);
    const words = Object.fromEntries(new FormData(now?.elements[`field.${field}`]?.value === first ? now : form));
    const taken = await send("POST", url, { ...words, [`field.${field}`]: control.value });
    take.removeAttribute("aria-busy");
    if (taken.ok) {
      toast(t("card-saved"));
      open.delete(field);
      const here = own.contains(document.activeElement);
      await redraw();
      if (own.isConnected) return leave();
      return here && opener(field)?.focus();
    }
    wrong.textContent = (taken.error?.message ?? t("failed")).replace(`${label}: `, "");
    wrong.hidden = false;
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", wrong.id);
    say(wrong.textContent);
    control.focus();
  });
}
