// What stands where one writes: the composer, or the reason why not. Decided from the thread's pushed state.
import { act } from "./act.js";
import { inWords, now as time } from "./clocks.js";
import { open, openConversation } from "./panes.js";
import { t } from "./words.js";

const me = document.body.dataset.me;
const DAY = 24 * 3_600_000;
const HOUR = 3_600_000;

/** The mode for a thread's state at one moment. The server decides in the same way, and has the last word. */
export function modeOf({ state, assignee, window, until }, now) {
  if (state === "closed") return "resolved";
  if (state === "snoozed") return state;
  if (!assignee) return "unassigned";
  if (assignee !== me && !document.getElementById("dock").dataset.beside) return "other";
  if (window === "closed" || (window === "open" && Date.parse(until) <= now)) return "closed";
  return "open";
}

// Who may answer what somebody else holds does so after saying that they mean to; it stays with who holds it.
act("answer-beside", () => {
  document.getElementById("dock").dataset.beside = "1";
  draw();
  document.getElementById("draft").focus();
});

let holder = {};
// What comes next is drawn as it is; only what becomes mine where it stands is drawn anew.
document.addEventListener("leaving", () => (holder = {}));
function draw(now = time()) {
  const dock = document.getElementById("dock");
  const state = document.getElementById(`state-${openConversation()}`)?.dataset;
  if (!dock || !state) return;
  const mode = modeOf(state, now);
  if (dock.dataset.mode !== mode) {
    const wrote = dock.contains(document.activeElement);
    dock.dataset.mode = mode;
    if (wrote && mode !== "open" && !("note" in dock.dataset)) document.getElementById("thread-title")?.focus({ preventScroll: true });
  }
  if (state.aside) dock.querySelector("[data-aside-words]").textContent = state.aside;
  if (mode === "closed") import("./picker.js");
  const pane = document.getElementById("thread-pane");
  pane.toggleAttribute("data-mine", state.assignee === me);
  const before = holder;
  holder = { conv: openConversation(), who: state.assignee };
  // Mine from now on, before my eyes: what I may do with it, and see of it, is drawn anew.
  if (before.conv === holder.conv && before.who !== me && holder.who === me) open(holder.conv, { again: true, push: false, focus: document.activeElement.closest("#list-pane, #side, #offers, dialog") ? null : "composer" });
  for (const button of pane.querySelectorAll('[data-act="close"], [data-act="closeWith"], [data-act="transfer"], [data-act="snooze"]')) button.hidden = mode === "resolved";
  drawWindow(state, now);
}

function drawWindow({ window, until }, now) {
  const element = document.getElementById("window");
  if (!element) return;
  element.hidden = window !== "open";
  if (element.hidden) return;
  const left = Math.max(0, Date.parse(until) - now);
  element.classList.toggle("warn-t", left < HOUR);
  element.classList.toggle("ok-t", left >= HOUR);
  element.querySelector("circle:last-child").setAttribute("stroke-dasharray", `${Math.round((left / DAY) * 100)} 100`);
  const words = element.querySelector(".num");
  const text = inWords(left);
  if (words.textContent !== text) {
    words.textContent = text;
    element.title = t("window-left", { n: text });
  }
}

document.addEventListener("patched", () => draw());
document.addEventListener("opened", () => draw());
document.addEventListener("second", ({ detail }) => draw(detail));
draw();
