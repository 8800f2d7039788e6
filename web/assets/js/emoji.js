// A picker of our own: the commonest emoji, found by words of three languages; the recent ones first.
import { EMOJI } from "./emoji-data.js";
import { plain } from "./plain.js";

const RECENT = "bandeja:emoji";
const MOST = 16;
let open = null;

// Storage may be forbidden; then nothing is recent.
function recent() {
  try {
    return JSON.parse(localStorage.getItem(RECENT)) ?? [];
  } catch {
    return [];
  }
}
function remember(emoji) {
  try {
    localStorage.setItem(RECENT, JSON.stringify([emoji, ...recent().filter((one) => one !== emoji)].slice(0, MOST)));
  } catch {
    // See above.
  }
}

function group(all) {
  const grid = document.createElement("div");
  grid.append(
    ...all.map(([emoji, words]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = emoji;
      button.title = words.split(" ")[0];
      button.setAttribute("aria-label", `${emoji} ${words.split(" ").slice(0, 3).join(" ")}`);
      return button;
    }),
  );
  return grid;
}

function draw() {
  const list = open.box.querySelector(".emoji-list");
  const wanted = plain(open.box.querySelector("input").value.trim());
  if (wanted) {
    const found = EMOJI.filter(([emoji, words]) => emoji === wanted || plain(words).split(" ").some((word) => word.startsWith(wanted)));
    if (found.length) return list.replaceChildren(group(found));
    const none = document.createElement("p");
    none.textContent = list.dataset.none;
    return list.replaceChildren(none);
  }
  const before = recent().map((emoji) => EMOJI.find(([one]) => one === emoji)).filter(Boolean);
  list.replaceChildren(...(before.length ? [group(before), document.createElement("hr")] : []), group(EMOJI));
}

function close() {
  if (!open) return;
  const { box, button } = open;
  open = null;
  box.remove();
  button.removeAttribute("aria-expanded");
}

/** Open or close the picker; what is chosen goes to `take`, or to where the caret stands. */
export function toggle(button, take = insert) {
  const again = open?.button === button;
  close();
  if (!button.isConnected) return;
  if (again) return document.getElementById("draft")?.focus();
  const box = document.getElementById("emoji-box").content.firstElementChild.cloneNode(true);
  open = { box, button, take };
  button.setAttribute("aria-expanded", "true");
  document.getElementById("composer").append(box);
  draw();
  const search = box.querySelector("input");
  search.focus();
  search.addEventListener("input", (event) => {
    event.stopPropagation();
    draw();
  });
  box.addEventListener("click", ({ target }) => {
    const chosen = target.closest(".emoji-list button");
    if (!chosen) return;
    remember(chosen.textContent);
    const { take: give } = open;
    close();
    give(chosen.textContent);
  });
  box.addEventListener("keydown", walk);
}

function insert(emoji) {
  const field = document.getElementById("draft");
  field.focus();
  field.setRangeText(emoji, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// Arrows go through the grid; Enter in the search takes the first.
function walk(event) {
  const buttons = [...open.box.querySelectorAll(".emoji-list button")];
  const at = buttons.indexOf(document.activeElement);
  const row = buttons.filter((one) => one.offsetTop === buttons[0]?.offsetTop).length || 1;
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at < 0 ? 0 : at + row, ArrowUp: at - row }[event.key];
  if (event.key === "Escape") {
    event.stopPropagation();
    close();
    document.getElementById("draft")?.focus();
  } else if (event.key === "Enter" && at < 0) {
    event.preventDefault();
    buttons[0]?.click();
  } else if (to !== undefined && !(at < 0 && event.key !== "ArrowDown")) {
    event.preventDefault();
    if (to < 0) open.box.querySelector("input").focus();
    else buttons[Math.min(to, buttons.length - 1)].focus();
  }
}

document.addEventListener("pointerdown", ({ target }) => {
  if (open && !open.box.contains(target) && !open.button.contains(target)) close();
});
document.addEventListener("leaving", close);
