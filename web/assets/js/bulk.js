// Many conversations at once: chosen with X or in choosing mode, then one thing is done to all of them on the server.
// Fetched when it is first asked for.
import { act } from "./act.js";
import { show } from "./hand.js";
import { isField, key } from "./keys.js";
import { open, openConversation } from "./panes.js";
import { announce, fragment } from "./patch.js";
import { say, toast } from "./say.js";
import { get, json, send } from "./send.js";
import { t } from "./words.js";

const ASK_AGAIN = 600;
const chosen = new Set();
let last = null;
let everything = false;
let choosing = false;

const pane = () => document.getElementById("list-pane");
const list = () => document.getElementById("list");
const rows = () => [...list().children].filter((row) => row.id.startsWith("row-") && !row.hidden);
const bar = () => document.getElementById("bulk");
const query = () => pane().dataset.listView?.split("?")[1] ?? "";

const drawnBy = ({ ok, text }) => (ok ? fragment(text).firstElementChild : null);

function words() {
  const { one, other, all } = bar().querySelector("[data-bulk-count]").dataset;
  if (everything) return all;
  return (chosen.size === 1 ? one : other).replace(/\d+/, chosen.size);
}

function mark() {
  for (const row of rows()) {
    const on = everything || chosen.has(row.id);
    row.toggleAttribute("data-chosen", on);
    const link = row.querySelector("a.conv");
    if (on) link?.setAttribute("aria-description", t("chosen"));
    else link?.removeAttribute("aria-description");
  }
}

async function draw() {
  mark();
  const active = choosing || everything || chosen.size > 0;
  pane().toggleAttribute("data-choosing", active);
  const button = pane().querySelector('[data-act="choose"]');
  button?.setAttribute("aria-pressed", String(active));
  button?.classList.toggle("on", active);
  if (!active) return bar()?.remove();
  if (!bar()) {
    const drawn = drawnBy(await get("/bulk"));
    if (!drawn) return toast(t("failed"), { loud: true });
    if (bar()) return;
    document.getElementById("bulk-progress")?.remove();
    pane().append(drawn);
  }
  const line = bar().querySelector("[data-bulk-count]");
  line.textContent = words();
  for (const button of bar().querySelectorAll('[data-act="bulkDo"]')) button.disabled = !everything && chosen.size === 0;
  say(line.textContent);
}

function toggle(row, range) {
  everything = false;
  const all = rows();
  const from = all.findIndex((one) => one.id === last);
  const to = all.indexOf(row);
  if (range && from >= 0) {
    for (const one of all.slice(Math.min(from, to), Math.max(from, to) + 1)) chosen.add(one.id);
  } else if (!chosen.delete(row.id)) chosen.add(row.id);
  last = row.id;
  draw();
}

/** X: the row with the focus, else of the open conversation; with Shift all from the last one to it. */
export function choose(row, range) {
  if (row?.isConnected) toggle(row, range);
  else start();
}

/** Rows are chosen by clicking them, until that is left. */
export function start() {
  if (pane().hasAttribute("data-choosing")) return none();
  choosing = true;
  // On a phone the list is another page.
  if (openConversation() && !matchMedia("(min-width: 720px)").matches) open(null);
  draw();
}

function none() {
  chosen.clear();
  choosing = everything = false;
  draw();
  // What was on the page only because some were chosen.
  announce([...list().children]);
}

act("bulkNone", none);
act("bulkAll", () => {
  // What is not on the page is found by the server, as the list's query says.
  everything = "more" in list().dataset || "gone" in list().dataset;
  if (!everything) for (const row of rows()) chosen.add(row.id);
  draw();
});
act("bulkDo", async (button) => {
  // Of a whole list the server says how many that are.
  await show(button, "bulk-choices", `/bulk/choices/${button.dataset.what}${everything ? `?${query()}` : ""}`);
  const dialog = document.getElementById("bulk-choices");
  if (!dialog) return;
  if (!everything) dialog.querySelector("[data-bulk-how-many]").textContent = words();
});

document.addEventListener("click", async ({ target }) => {
  const choice = target.closest?.("[data-bulk-deed]");
  if (!choice || choice.getAttribute("aria-busy") === "true") return;
  choice.setAttribute("aria-busy", "true");
  const deed = JSON.parse(choice.dataset.bulkDeed);
  const conversations = [...chosen].map((id) => id.slice("row-".length));
  const answer = await send("POST", "/bulk", json(everything ? { deed, view: query() } : { deed, conversations }));
  choice.removeAttribute("aria-busy");
  const dialog = choice.closest("dialog");
  if (!answer.ok) {
    const error = dialog.querySelector("[data-dialog-error]");
    error.querySelector("span").textContent = answer.error?.message ?? t("failed");
    error.hidden = false;
    return;
  }
  dialog.close();
  none();
  follow(JSON.parse(answer.text).bulk);
});

// Keys mean what was chosen, not what is open: by its button in the bar, or not at all.
const MEANT = { resolve: ["close"], "resolve-with": ["close"], snooze: ["snooze"], tags: ["tag"], transfer: ["assign", "move"], templates: [], unread: [] };
for (const [name, deeds] of Object.entries(MEANT)) {
  const alone = key(name, (event) => {
    if (!pane().hasAttribute("data-choosing")) return alone?.(event);
    const button = deeds.map((what) => bar()?.querySelector(`[data-what="${what}"]`)).find(Boolean);
    if (button) button.click();
    else bar()?.querySelector("button").focus();
  });
}

// A tab that is loaded again goes on showing it, until it is put away.
function remember(id) {
  try {
    if (id) sessionStorage.setItem("bandeja:bulk", id);
    else sessionStorage.removeItem("bandeja:bulk");
  } catch {} // Not kept where the browser keeps nothing.
}

let followed = null;
/** Show how far it is with many of them, until it is done. */
export async function follow(id) {
  followed = id;
  remember(id);
  while (followed === id) {
    const answer = await get(`/bulk/${id}`);
    // Signed out, or it is no more: asking again would not help.
    if (followed !== id) return;
    if (answer.status >= 400 && answer.status < 500) return remember(null);
    const drawn = drawnBy(answer);
    if (drawn) {
      const before = document.getElementById("bulk-progress");
      // How far it is changes too often to be said.
      if (!before || "ended" in drawn.dataset) say(drawn.querySelector(".grow").textContent);
      const held = before?.contains(document.activeElement) ? document.activeElement.dataset.act : null;
      if (before) before.replaceWith(drawn);
      else pane().append(drawn);
      announce([drawn]);
      if (held) drawn.querySelector(`[data-act="${held}"]`)?.focus();
      if ("ended" in drawn.dataset) return;
    }
    await new Promise((done) => setTimeout(done, ASK_AGAIN));
  }
}

const told = (answer) => answer.ok || toast(answer.error?.message ?? t("failed"), { loud: true });
act("bulkCancel", async (button) => told(await send("POST", `/bulk/${button.dataset.bulk}/cancel`)));
act("bulkUndo", async (button) => {
  button.disabled = true;
  const answer = await send("POST", `/bulk/${button.dataset.bulk}/undo`);
  if (answer.ok) follow(JSON.parse(answer.text).bulk);
  else told(answer);
});
act("bulkGone", () => {
  followed = null;
  remember(null);
  document.getElementById("bulk-progress")?.remove();
});

// While rows are chosen a click chooses; it opens again once that is left.
document.addEventListener(
  "click",
  (event) => {
    const link = pane().hasAttribute("data-choosing") && event.target.closest?.("#list a.conv");
    if (!link || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    toggle(link.closest("li"), event.shiftKey);
  },
  true,
);
addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape" || !pane().hasAttribute("data-choosing")) return;
    if (isField(event.target) || document.querySelector("dialog[open]")) return;
    event.stopImmediatePropagation();
    none();
  },
  true,
);
document.addEventListener("patched", () => {
  for (const id of chosen) if (!document.getElementById(id)) chosen.delete(id);
  mark();
  const line = bar()?.querySelector("[data-bulk-count]");
  if (line && line.textContent !== words()) line.textContent = words();
});
document.addEventListener("opened", mark);
// Another list: what was chosen of the last one is let go.
document.addEventListener("list-drawn", none);
