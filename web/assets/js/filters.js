// All filters of the list, and keeping a view under a name. Loaded when somebody asks for them.
import { act } from "./act.js";
import { changed, query, show } from "./lists.js";
import { announce, fragment } from "./patch.js";
import { say, toast } from "./say.js";
import { get, send } from "./send.js";
import { t } from "./words.js";

const box = () => document.getElementById("filters");
const button = () => document.querySelector('[data-act="filters"]');

/** Open or shut them. */
export async function toggle(_, wanted) {
  const open = box().hidden;
  if (!open) {
    shut();
    return button().focus();
  }
  const asked = query();
  const answer = await get(`/inbox/filters?${asked}`);
  if (!wanted() || asked !== query()) return;
  if (!answer.ok) return toast(t("failed"), { loud: true });
  box().replaceChildren(fragment(answer.text));
  box().hidden = false;
  button().setAttribute("aria-expanded", "true");
  box().querySelector("input:not([type=hidden])")?.focus();
}

// Where one was is drawn anew; who went on to write elsewhere stays there.
const back = (to) => document.activeElement === document.body && to?.focus();

function shut() {
  box().hidden = true;
  box().replaceChildren();
  button().setAttribute("aria-expanded", "false");
}

// What the form says, beside what is looked for and in which order.
function chosen() {
  const pairs = new URLSearchParams();
  const before = new URLSearchParams(query());
  for (const [name, value] of new FormData(box().querySelector("form"))) {
    if (value && !name.startsWith("view-")) pairs.append(name, value);
  }
  for (const name of ["q", "sort"]) if (before.has(name)) pairs.set(name, before.get(name));
  return pairs.toString();
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches(".filters")) return;
  event.preventDefault();
  show(chosen()).then(() => back(button()));
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !event.target.closest?.("#filters")) return;
  event.stopPropagation();
  shut();
  button().focus();
});

function drawSaved(html) {
  document.getElementById("saved-views").replaceChildren(fragment(html));
  announce([document.getElementById("side")]);
}

function wrong(answer) {
  const line = document.getElementById("view-wrong");
  line.textContent = answer.error?.message ?? t("failed");
  line.hidden = false;
  document.getElementById("view-name").focus();
}

act("view-save", async (button) => {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  // As it is seen now: which order its maker likes later, and which others like, is not its own.
  const pairs = new URLSearchParams(chosen());
  const order = document.querySelector('.sort-menu [aria-pressed="true"]');
  if (order) pairs.set("sort", order.dataset.sort);
  const search = pairs.toString();
  const name = document.getElementById("view-name").value;
  const shared = box().querySelector('[name="view-shared"]')?.checked ?? false;
  const answer = await send("POST", "/me/views", { name, query: search, shared });
  button.removeAttribute("aria-busy");
  if (!answer.ok) return wrong(answer);
  drawSaved(answer.text);
  say(t("view-saved"));
  await show(search);
});

act("view-remove", async ({ dataset }) => {
  const answer = await send("DELETE", `/me/views/${dataset.viewId}`, { query: query() });
  if (!answer.ok) return wrong(answer);
  drawSaved(answer.text);
  say(t("view-removed"));
  await show(query());
});

/** In the order of a button: this list alone, where it has an order of its own; else all lists, from now on. */
export async function sortBy(button) {
  const { sort } = button.dataset;
  const name = button.textContent;
  if (new URLSearchParams(query()).has("sort")) await show(changed((pairs) => pairs.set("sort", sort)));
  else {
    const answer = await send("PUT", "/me/list-order", { order: sort });
    if (!answer.ok) return toast(answer.error?.message ?? t("failed"), { loud: true });
    await show(query());
  }
  say(t("sorted", { text: name }));
  back(document.querySelector(".sort-menu > summary"));
}
