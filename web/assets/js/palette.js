// The palette of Ctrl K: fetched when somebody first asks for it. What can be done is read from the page itself, so that
// it offers exactly what the page offers.
import { hold, press } from "./keys.js";
import { fragment } from "./patch.js";
import { patiently } from "./patience.js";
import { plain } from "./plain.js";
import { sheet } from "./sheet.js";
import { toast } from "./say.js";
import { t } from "./words.js";

const PAUSE = 160;
const RECENT = "bandeja:recent";
const KEPT = 6;
const byId = (id) => document.getElementById(id);

let dialog = null;
let coming = null;
let runs = new Map();
let timer = 0;
let under = null;
// Whether what is chosen was chosen by hand.
let picked = false;
// Ends when what is written now has been looked for.
let sought = null;

const options = () => [...dialog.querySelectorAll(".pal-opt")].filter((one) => one.checkVisibility());
const chosen = () => dialog.querySelector('.pal-opt[aria-selected="true"]');

function recent() {
  try {
    const kept = JSON.parse(localStorage.getItem(`${RECENT}:${document.body.dataset.me}`) ?? "[]");
    return kept.filter((one) => typeof one.href === "string" && one.href.startsWith("/inbox/")).slice(0, KEPT);
  } catch {
    return []; // Storage may be forbidden or hold what another version wrote.
  }
}

function remember(option) {
  const { href, name } = option.dataset;
  if (!name || !href) return;
  const bare = href.split("?")[0];
  const all = [{ href: bare, name }, ...recent().filter((one) => one.href !== bare)].slice(0, KEPT);
  try {
    localStorage.setItem(`${RECENT}:${document.body.dataset.me}`, JSON.stringify(all));
  } catch {
    // Then there are none.
  }
}

function option(id, icon, text, run, hint) {
  const element = document.createElement("div");
  element.className = "pal-opt";
  element.id = id;
  element.role = "option";
  element.ariaSelected = "false";
  const drawn = icon?.cloneNode(true);
  if (drawn) element.append(drawn);
  const words = document.createElement("span");
  words.className = "trunc";
  words.textContent = text;
  element.append(words);
  if (hint) element.append(Object.assign(document.createElement("kbd"), { className: "end", textContent: hint }));
  if (run) runs.set(id, run);
  return element;
}

// A button says what it does by its label, its title or its words; a key stands in brackets behind a title, or beside.
function wordsOf(element) {
  const [, words, hint] = (element.title || "").match(/^(.*?)(?: \(([^)]+)\))?$/) ?? [];
  const said = (element.querySelector(".grow") ?? element).textContent.trim().replace(/\s+/g, " ");
  return { text: element.ariaLabel || words || said, hint: hint ?? element.querySelector("kbd")?.textContent };
}

const ACTED = "#thread-pane .thread-head [data-act], #dock .dock-unassigned [data-act], #dock .dock-resolved [data-act], .composer-bar [data-act]";
// What only opens something beside the field, or leads away, is nothing to look for.
const SILENT = ["back", "more", "emoji"];
// What stands in the menu of the thread is offered while the menu is closed.
const isOffered = (button) => (button.closest(".more-menu") ? getComputedStyle(button).display !== "none" : button.checkVisibility());
const WITHOUT_BUTTON = ["needs-me", "unread-next", "unread-before"];
function fillActs() {
  const seen = new Set();
  const all = [];
  // What has a button of its own is meant before what a menu holds.
  const held = (button) => Number(Boolean(button.closest(".more-menu")));
  for (const button of [...document.querySelectorAll(ACTED)].sort((one, other) => held(one) - held(other))) {
    const { text, hint } = wordsOf(button);
    const { act } = button.dataset;
    if (!text || SILENT.includes(act) || button.disabled || seen.has(text) || !isOffered(button)) continue;
    seen.add(text);
    all.push(option(`pa-${all.length}`, button.querySelector("svg"), text, () => button.click(), hint));
  }
  // What only a key does here, as the help names it.
  for (const name of WITHOUT_BUTTON) {
    const row = document.querySelector(`#keys [data-does="${name}"]`);
    if (!row) continue;
    const caps = [...row.querySelectorAll("kbd")].map((cap) => cap.textContent).join(" ");
    all.push(option(`pa-${all.length}`, byId("pg-inbox").querySelector("svg"), row.querySelector("dd").textContent, () => press(name), caps));
  }
  byId("pal-acts").replaceChildren(...all);
}

function fillViews() {
  const go = byId("pal-go");
  for (const old of go.querySelectorAll("[data-view]")) old.remove();
  const views = [...document.querySelectorAll(".side a.side-link")].map((link, at) => {
    const words = [...link.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE || !node.matches?.(".n, .badge, .vh, svg"));
    const view = option(`pv-${at}`, link.querySelector("svg"), words.map((node) => node.textContent).join(" ").trim(), () => link.click());
    view.dataset.view = "";
    return view;
  });
  go.prepend(...views);
}

function fillPresence() {
  const mine = [...document.querySelectorAll('#me-presence .menu-item[data-act="presence"]')];
  byId("pal-presence").replaceChildren(
    ...mine.map((button, at) => option(`pp-${at}`, button.querySelector(".dot"), wordsOf(button).text, () => button.click())),
  );
}

function fillRecent() {
  const icon = byId("pg-inbox").querySelector("svg");
  byId("pal-recent").replaceChildren(
    ...recent().map((one, at) => {
      const drawn = option(`pr-${at}`, icon, one.name);
      Object.assign(drawn.dataset, one);
      return drawn;
    }),
  );
}

function choose(next) {
  chosen()?.setAttribute("aria-selected", "false");
  const field = byId("pal-q");
  if (!next) return field.removeAttribute("aria-activedescendant");
  next.setAttribute("aria-selected", "true");
  field.setAttribute("aria-activedescendant", next.id);
  next.scrollIntoView({ block: "nearest" });
}

// What fits stays, each group with its heading; then the first is chosen and the number is said.
function draw() {
  const wanted = plain(byId("pal-q").value.trim()).split(/\s+/);
  for (const id of ["pal-recent", "pal-acts", "pal-go", "pal-presence"]) {
    const group = byId(id);
    let head = group.querySelector(".pal-head");
    if (!head) {
      head = Object.assign(document.createElement("div"), { className: "pal-head", ariaHidden: "true", textContent: group.dataset.head });
      group.prepend(head);
    }
    const all = [...group.querySelectorAll(".pal-opt")];
    for (const one of all) {
      const words = plain(one.textContent);
      one.hidden = !wanted.every((word) => words.includes(word));
    }
    group.hidden = all.every((one) => one.hidden);
  }
  settle();
}

function settle() {
  const all = options();
  if (!chosen()?.checkVisibility()) choose(all[0]);
  dialog.querySelector(".pal-none").hidden = all.length > 0;
  const { one, other } = byId("pal-say").dataset;
  clearTimeout(settle.later);
  settle.later = setTimeout(() => (byId("pal-say").textContent = all.length === 1 ? one : other.replace("{n}", all.length)), 400);
}

async function look() {
  const words = byId("pal-q").value.trim();
  const box = byId("pal-found");
  under?.abort();
  if (words.length < 2) return box.replaceChildren();
  const { signal } = (under = new AbortController());
  const answer = await patiently(`/search?${new URLSearchParams({ q: words, palette: "1" })}`, signal);
  if (!answer.ok) return;
  const first = chosen()?.id;
  box.replaceChildren(...fragment(answer.text).firstElementChild.children);
  // The way to all of it was chosen only while nothing else stood there.
  if (first && (picked || first !== "p-all")) choose(byId(first));
  settle();
}

// What was found for other words than those that stand there is not meant.
async function enter(event) {
  if (sought && chosen()?.closest("#pal-found")) {
    const { value } = byId("pal-q");
    await sought;
    if (!dialog.open || byId("pal-q").value !== value) return;
  }
  run(chosen(), event);
}

async function run(one, event) {
  if (!one) return;
  remember(one);
  dialog.close();
  const { href, run: named } = one.dataset;
  const own = runs.get(one.id);
  if (own) return own();
  if (named) return document.querySelector(`[data-act="${CSS.escape(named)}"]`)?.click();
  if (event.ctrlKey || event.metaKey) return window.open(href, "_blank", "noopener");
  const [, id] = href.match(/^\/inbox\/([^/?]+)/) ?? [];
  if (!id || !byId("inbox")) {
    // Once another page is on its way, this one's keys are over.
    hold(() => new Promise((done) => addEventListener("pageshow", done, { once: true })));
    return location.assign(href);
  }
  const { open: openThread } = await import("./panes.js");
  const at = new URL(href, location.href).searchParams.get("at");
  openThread(id, { focus: at ? "title" : "composer", at });
}

async function fetchDialog() {
  const answer = await fetch("/palette", { headers: { "HX-Request": "true" } });
  if (answer.status === 401) document.dispatchEvent(new CustomEvent("signed-out"));
  if (!answer.ok) return null;
  await sheet("search");
  const fresh = fragment(await answer.text()).firstElementChild;
  document.body.append(fresh);
  const pick = (one) => {
    picked = true;
    choose(one);
  };
  fresh.addEventListener("input", () => {
    picked = false;
    draw();
    clearTimeout(timer);
    const pause = new Promise((done) => (timer = setTimeout(done, PAUSE)));
    const mine = (sought = pause.then(look).finally(() => mine === sought && (sought = null)));
  });
  fresh.addEventListener("close", () => {
    clearTimeout(timer);
    under?.abort();
    sought = null;
  });
  fresh.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const all = options();
    const at = all.indexOf(chosen());
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: event.ctrlKey ? 0 : null, End: event.ctrlKey ? all.length - 1 : null }[event.key];
    if (to !== undefined && to !== null && all.length) pick(all[(to + all.length) % all.length]);
    else if (event.key === "Enter") enter(event);
    else return;
    event.preventDefault();
  });
  fresh.addEventListener("pointermove", ({ target }) => {
    const one = target.closest(".pal-opt");
    if (one && one !== chosen()) pick(one);
  });
  fresh.addEventListener("click", (event) => {
    if (event.target === fresh) return fresh.close();
    run(event.target.closest(".pal-opt"), event);
  });
  return fresh;
}

/** Show the palette, or put it away. */
export async function toggle(wanted) {
  if (dialog?.open) return dialog.close();
  // Asked for twice before it is there, it is one.
  coming ??= fetchDialog().catch(() => null);
  dialog = await coming;
  if (!dialog) {
    coming = null;
    return toast(t("failed"), { loud: true });
  }
  if (!wanted() || document.querySelector("dialog[open]")) return;
  runs = new Map();
  byId("pal-q").value = "";
  byId("pal-found").replaceChildren();
  fillRecent();
  fillActs();
  fillViews();
  fillPresence();
  dialog.showModal();
  byId("pal-q").focus();
  draw();
  choose(options()[0]);
}
