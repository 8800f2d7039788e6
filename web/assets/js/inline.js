// One field of a contact, written where it stands: the control of the card's own form, and its rules.
import { refetch } from "./panes.js";
import { fragment } from "./patch.js";
import { say, toast } from "./say.js";
import { send } from "./send.js";
import { t } from "./words.js";

/** Open the field that a button stands in. */
export async function edit(button) {
  const { contact, field } = button.dataset;
  const place = button.closest("dd");
  const url = `/contacts/${contact}/card`;
  button.setAttribute("aria-busy", "true");
  const answer = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => null);
  button.removeAttribute("aria-busy");
  if (!answer?.ok) return toast(t("failed"), { loud: true });
  const form = fragment(await answer.text()).querySelector("form");
  const control = form.elements[`field.${field}`];
  if (!control) return toast(t("failed"), { loud: true });
  const before = [...place.childNodes];
  const label = control.closest("label").querySelector(".label").textContent;
  const own = document.createElement("form");
  own.className = "inline-edit";
  own.noValidate = true;
  control.setAttribute("aria-label", label);
  const wrong = document.createElement("span");
  wrong.className = "err";
  wrong.id = "inline-wrong";
  wrong.hidden = true;
  const take = document.createElement("button");
  take.className = "btn sm primary";
  take.textContent = form.querySelector('[type="submit"]').textContent;
  own.append(control, take, wrong);
  place.replaceChildren(own);
  control.focus();
  const first = control.value;

  const leave = () => {
    place.replaceChildren(...before);
    button.focus();
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
    // The control stands apart from its form now; the rest of the card goes as it is.
    const words = Object.fromEntries(new FormData(form));
    const taken = await send("POST", url, { ...words, [`field.${field}`]: control.value });
    take.removeAttribute("aria-busy");
    if (taken.ok) {
      toast(t("card-saved"));
      return refetch();
    }
    wrong.textContent = (taken.error?.message ?? t("failed")).replace(`${label}: `, "");
    wrong.hidden = false;
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", wrong.id);
    say(wrong.textContent);
    control.focus();
  });
}
