// One's own settings: how things will look is shown before it is saved, a time zone is found by its name, and the side
// marks the section one reads.
import { act } from "./act.js";
import { close, isOpen, offer } from "./choices.js";
import { plain } from "./plain.js";
import { n } from "./words.js";

const page = document.documentElement;

for (const group of document.querySelectorAll("[data-shows]")) {
  group.addEventListener("change", ({ target }) => (page.dataset[group.dataset.shows] = target.value));
}

for (const button of document.querySelectorAll('[data-act="reveal"]')) button.hidden = false;
act("reveal", (button) => {
  const field = document.getElementById(button.getAttribute("aria-controls"));
  const shown = field.type === "text";
  field.type = shown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!shown));
});

// Signing out empties this browser: answers that are still on their way, or came back, are nowhere else.
function unsent() {
  try {
    const kept = Object.keys(localStorage).filter((key) => key.startsWith(`bandeja:outbox:${document.body.dataset.me}:`));
    return kept.filter((key) => !JSON.parse(localStorage.getItem(key)).sent).length;
  } catch {
    return 0; // Storage is forbidden: nothing is kept in it.
  }
}
document.querySelector('form[action="/sign-out"]')?.addEventListener("submit", (event) => {
  const count = unsent();
  if (count && !confirm(n("unsent", count))) event.preventDefault();
});

const MOST = 60;
const spoken = (text) => plain(text).replace(/[_/]/g, " ");

function element(name, attributes, text = "") {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

// The list of the browser stays what is sent; without this script it is what is seen too.
function searchable(select) {
  const all = [...select.options].map((option) => ({ option, words: spoken(`${option.label} ${option.value}`) }));
  const field = element("input", { class: "input", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", "aria-autocomplete": "list", "aria-expanded": "false", id: "zone-search" });
  for (const name of ["aria-describedby", "aria-invalid"]) if (select.hasAttribute(name)) field.setAttribute(name, select.getAttribute(name));
  const label = document.querySelector(`label[for="${select.id}"]`);
  if (label) label.htmlFor = field.id;
  const chosen = () => select.selectedOptions[0]?.label ?? "";
  const shut = () => {
    close();
    field.setAttribute("aria-expanded", "false");
  };
  const show = (wanted) => {
    const words = spoken(wanted).split(/\s+/).filter(Boolean);
    const found = all.filter((one) => words.every((word) => one.words.includes(word))).slice(0, MOST);
    const box = element("div", { class: "menu zone-box" });
    const list = element("ul", { role: "listbox", "aria-label": label?.textContent ?? "", class: "zone-list", tabindex: "-1" });
    for (const { option } of found) list.append(element("li", { role: "option", class: "menu-item", "aria-selected": "false" }, option.label));
    box.append(found.length ? list : element("p", { class: "meta muted zone-none", role: "status" }, select.dataset.none));
    if (!found.length) box.append(list);
    list.hidden = !found.length;
    offer(field, box, {
      take: (index) => {
        select.value = found[index].option.value;
        field.value = chosen();
        shut();
      },
    });
    field.parentElement.append(box);
    field.setAttribute("aria-expanded", "true");
  };
  field.value = chosen();
  field.addEventListener("focus", () => field.select());
  field.addEventListener("click", () => isOpen() || show(""));
  field.addEventListener("input", () => show(field.value));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" || isOpen()) return;
    event.preventDefault();
    show("");
  });
  field.addEventListener("blur", () => {
    shut();
    field.value = chosen();
  });
  const around = element("div", { class: "zone-search" });
  around.append(field);
  select.before(around);
  select.hidden = true;
}

const zones = document.querySelector("[data-zones]");
if (zones) searchable(zones);

const links = new Map([...document.querySelectorAll("a[data-section]")].map((link) => [link.hash.slice(1), link]));
const seen = new Set();
const reads = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) isIntersecting ? seen.add(target.id) : seen.delete(target.id);
    const first = [...links.keys()].find((id) => seen.has(id));
    for (const [id, link] of links) id === first ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
  },
  { root: document.querySelector(".page-body"), rootMargin: "-12% 0px -55% 0px" },
);
for (const id of links.keys()) {
  const section = document.getElementById(id);
  if (section) reads.observe(section);
}
