// The live floor: the filter of the table, counters, order under the pointer, keys, and fetching it all again.
import { act } from "./act.js";
import { now as time } from "./clocks.js";
import { standing } from "./due.js";
import "./floor-alerts.js";
import "./floor-assign.js";
import "./floor-drag.js";
import { key } from "./keys.js";
import { onReset } from "./live.js";
import { isSorted, sort } from "./order.js";
import { announce, parsePage, place } from "./patch.js";
import { t } from "./words.js";

const rows = document.getElementById("floor-conversations");
const empty = document.getElementById("floor-empty");
const LISTS = ["floor-queues", "floor-agents", "floor-alerts", "floor-conversations"];

// Filter and counters.
act("floor-filter", (button) => {
  rows.dataset.filter = button.dataset.filter;
  for (const other of button.parentElement.children) other.setAttribute("aria-pressed", String(other === button));
  count();
});

function count() {
  const now = time();
  for (const row of rows.children) {
    const due = row.querySelector(".due");
    row.toggleAttribute("data-overdue", Boolean(due) && standing(due, now).left <= 0);
  }
  const overdue = rows.querySelectorAll(":scope > tr[data-overdue]:not([data-leaving])");
  const all = rows.querySelectorAll(":scope > tr:not([data-leaving])");
  const unassigned = rows.querySelectorAll(':scope > tr[data-holder=""]:not([data-leaving])');
  const write = (name, list) => {
    const element = document.querySelector(`[data-count="${name}"]`);
    if (element.textContent !== String(list.length)) element.textContent = list.length;
  };
  write("all", all);
  write("unassigned", unassigned);
  write("overdue", overdue);
  empty.hidden = ({ unassigned, overdue }[rows.dataset.filter] ?? all).length > 0;
}
count();
document.addEventListener("patched", count);
document.addEventListener("second", count);

// Rows do not move under the pointer or away from the focus; a chip offers the order they should have.
const STILL = 4000;
const again = document.querySelector('[data-act="floor-sort"]');
let pointerAt = 0;

const held = () =>
  (rows.matches(":hover") && Date.now() - pointerAt < STILL) ||
  rows.contains(document.activeElement) ||
  Boolean(document.querySelector("#assign[open]")) ||
  "dragging" in document.documentElement.dataset;
function settle() {
  const hold = held();
  rows.toggleAttribute("data-hold", hold);
  if (!hold) sort(rows);
  again.hidden = !hold || isSorted(rows);
}
act("floor-sort", () => {
  sort(rows);
  again.hidden = true;
});
rows.addEventListener("pointermove", () => {
  pointerAt = Date.now();
  rows.toggleAttribute("data-hold", true);
});
rows.addEventListener("focusin", settle);
rows.addEventListener("focusout", () => requestAnimationFrame(settle));
document.addEventListener("patched", settle);
document.addEventListener("second", settle);

// Keys: the link of a row is what has the focus.
function step(by) {
  const shown = [...rows.querySelectorAll(":scope > tr")].filter((row) => row.checkVisibility());
  const now = shown.indexOf(document.activeElement?.closest?.("tr"));
  const next = shown[now < 0 ? 0 : Math.min(Math.max(now + by, 0), shown.length - 1)];
  next?.querySelector("a")?.focus();
  next?.scrollIntoView({ block: "nearest" });
}
for (const [name, by] of [["down", 1], ["up", -1]]) key(name, (event) => (event?.key.length > 1 && !rows.contains(document.activeElement) ? false : step(by)));
key("assign", () => {
  const button = document.activeElement?.closest?.("#floor-conversations > tr")?.querySelector('[data-act="assign"]');
  if (!button?.checkVisibility()) return false;
  button.click();
});

// How fresh the picture is, in one word.
const status = document.querySelector(".floor-live");
function tellState(detail) {
  status.hidden = detail !== "on" && detail !== "off";
  status.classList.toggle("off", detail !== "on");
  status.querySelector("[data-live-word]").textContent = t(detail === "on" ? "online" : "reconnecting");
}
// The channel may have been opened before this module was there to hear it.
tellState(document.documentElement.dataset.live);
document.addEventListener("live", ({ detail }) => tellState(detail));

// Too far behind to catch up: take the rows of a fresh page.
onReset(async () => {
  const answer = await fetch(location.href, { signal: AbortSignal.timeout(20_000) });
  if (!answer.ok) return location.reload();
  const page = parsePage(await answer.text());
  const touched = [];
  for (const id of LISTS) {
    const container = document.getElementById(id);
    const fresh = page.getElementById(id);
    if (!fresh) return location.reload();
    const kept = new Set([...fresh.children].map((row) => row.id));
    for (const old of [...container.children]) if (!kept.has(old.id)) old.remove();
    touched.push(...place(container, fresh));
  }
  const offers = page.getElementById("offers");
  // What was told once stays until it is closed: the server does not draw it again.
  offers?.append(...document.querySelectorAll("#offers > .back"));
  if (offers) document.getElementById("offers")?.replaceWith(offers);
  const totals = page.getElementById("floor-totals");
  document.getElementById("floor-totals").replaceWith(totals);
  announce([...touched, totals]);
});
