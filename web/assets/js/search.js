// The search page: results as one types, the arrows through them, more of them in place.
import { act } from "./act.js";
import { announce, fragment } from "./patch.js";
import { say, toast } from "./say.js";
import { isField, key } from "./keys.js";
import { patiently } from "./patience.js";
import { t } from "./words.js";

const PAUSE = 220;
const form = document.getElementById("search");
const field = document.getElementById("q");
let timer = 0;
let under = null;

const found = () => document.getElementById("search-found");
const hits = () => [...found().querySelectorAll("[data-hit]")];

function address() {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) query.set(name, value);
  return `/search?${query}`;
}

async function fetchFound(url) {
  const answer = await patiently(url, under?.signal);
  if (!answer.ok) throw new Error(`search: ${answer.status}`);
  return fragment(answer.text).getElementById("search-found");
}

async function look() {
  clearTimeout(timer);
  under?.abort();
  under = new AbortController();
  const { signal } = under;
  const url = address();
  const late = setTimeout(() => found().setAttribute("aria-busy", "true"), 150);
  try {
    const fresh = await fetchFound(url);
    // What is typed stands in the address, so that back and reload come back to it.
    history.replaceState(null, "", url);
    found().replaceWith(fresh);
    announce([fresh]);
    say(fresh.dataset.said);
    return true;
  } catch {
    if (!signal.aborted) toast(t("failed"), { loud: true });
  } finally {
    clearTimeout(late);
    if (!signal.aborted) found().removeAttribute("aria-busy");
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const asked = field.value;
  // Who writes on stays in the field.
  look().then((there) => there && field.value === asked && hits()[0]?.focus());
});
form.addEventListener("input", ({ target, isComposing }) => {
  clearTimeout(timer);
  if (!isComposing) timer = setTimeout(look, target === field ? PAUSE : 0);
});
field.addEventListener("compositionend", look);

act("search-unfilter", () => {
  for (const one of form.elements) if (one.name && one !== field) one.value = "";
  look();
});
act("search-more", async (link, event) => {
  event.preventDefault();
  if (link.getAttribute("aria-busy") === "true") return;
  link.setAttribute("aria-busy", "true");
  try {
    const next = await fetchFound(link.href);
    const fresh = [...next.querySelectorAll("#found-list > li")];
    const list = document.getElementById("found-list");
    list.append(...fresh);
    for (const old of list.parentElement.querySelectorAll(".found-more, .found-hint")) old.remove();
    list.after(...next.querySelectorAll("section > .found-hint, section > .found-more"));
    announce(fresh);
    (fresh[0]?.querySelector("a") ?? list.parentElement.querySelector("a.btn"))?.focus();
  } catch {
    link.removeAttribute("aria-busy");
    toast(t("failed"), { loud: true });
  }
});

const go = (step) => {
  const all = hits();
  const at = all.indexOf(document.activeElement);
  if (at < 0 && step < 0) return false;
  if (at === 0 && step < 0) return field.focus();
  const next = all[Math.min(all.length - 1, at + step)];
  if (!next) return false;
  next.focus();
};
key("down", () => go(1));
key("up", () => go(-1));
key("find", () => field.focus());
field.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" || event.isComposing || !isField(event.target)) return;
  if (go(1) !== false) event.preventDefault();
});
// Typed before this was loaded.
if (field.value !== field.defaultValue) look();
