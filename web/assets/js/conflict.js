// A card that somebody else wrote on meanwhile: what one typed oneself stays, all else is as they have it, and beside what both
// wrote stands theirs. Loaded with the first of them.
import { fragment } from "./patch.js";
import { get } from "./send.js";
import { t } from "./words.js";

const lineOf = (control) => control?.closest("label");
const options = (control) => [...(control.options ?? [])];
/** What a control was drawn with. */
const first = (control) => (control.options ? (options(control).find((one) => one.defaultSelected) ?? control.options[0]).value : control.type === "checkbox" ? control.defaultChecked : control.defaultValue);
const held = (control) => (control.type === "checkbox" ? control.checked : control.value);
const words = (control) => options(control).find((one) => one.defaultSelected)?.text ?? control.defaultValue;

function hold(control, value) {
  if (control.type === "checkbox") control.checked = value;
  else control.value = value;
}

/** Make a form of a card what the card is by now; answers whether nothing was written by both, or null where it could not. */
export async function meet(form) {
  const answer = await get(`/contacts/${form.dataset.contact}/card`);
  if (!answer.ok) return null;
  const fresh = fragment(answer.text).querySelector("form");
  form.elements.version.value = fresh.elements.version.value;
  for (const old of form.querySelectorAll("[data-theirs]")) old.remove();
  let alone = true;
  for (const control of [...form.elements].filter((one) => lineOf(one) && one.name)) {
    const [line, mine, isMine] = [lineOf(control), held(control), held(control) !== first(control)];
    const other = fresh.elements[control.name];
    // What somebody filled in is hidden by now: it has no control then.
    const theirs = lineOf(other) ?? fresh.querySelector(`.field[data-key="${CSS.escape(line.dataset.key ?? "")}"]`);
    if (!theirs) continue;
    const isTheirs = !other || (first(other) !== first(control) && first(other) !== mine);
    const said = other ? words(other) : theirs.querySelector(".num").textContent;
    if (isMine && isTheirs) alone = false;
    if (other || !isMine) line.replaceWith(theirs);
    if (isMine && other) hold(other, mine);
    if (isMine && isTheirs) offer(other ? theirs : line, theirs, said);
  }
  return alone;
}

// Theirs beside mine: taken by a button, else mine is written over it.
function offer(line, theirs, said) {
  const box = document.createElement("div");
  box.className = "row wrapx hint";
  box.dataset.theirs = "";
  const text = document.createElement("span");
  text.className = "grow";
  text.textContent = said ? t("card-theirs", { text: said }) : t("card-theirs-none");
  const take = document.createElement("button");
  take.type = "button";
  take.className = "btn sm";
  take.textContent = t("card-take-theirs");
  take.addEventListener("click", () => {
    const control = line.querySelector("input, select");
    if (line === theirs) hold(control, first(control));
    else line.replaceWith(theirs);
    box.remove();
    if (control.isConnected) control.focus();
    else document.getElementById("card-title").focus();
  });
  box.append(text, take);
  line.after(box);
}
