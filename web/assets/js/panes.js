// Which conversation is open, and changing it without loading the page.
import { hold } from "./keys.js";
import { cursorNow, watch } from "./live.js";
import { announce, fragment } from "./patch.js";
import { nameTab, toast } from "./say.js";
import { t } from "./words.js";

const inbox = document.getElementById("inbox");
// Which one is being opened, and how that is given up.
let opening = null;

const pane = () => document.getElementById("thread-pane");

/** The address of a conversation, or of none, beside the list that is shown. */
export function addressOf(id, at) {
  const pairs = new URLSearchParams(location.search);
  pairs.delete("at");
  if (at) pairs.set("at", at);
  const search = String(pairs);
  return `/inbox${id ? `/${id}` : ""}${search && `?${search}`}`;
}

/** The id of the open conversation, or null. */
export const openConversation = () => pane()?.dataset.conv ?? null;

/** The id of the one that is being opened, else of the open one: where this person means to be. */
export const headedFor = () => (opening ? opening.id : openConversation());

/**
 * Open a conversation, or with null none. `focus` is where the focus goes: "composer", "title" or nowhere; `at` is a
 * message or note of it to stand at, `again` opens what is open anew.
 */
export function open(id, options = {}) {
  // Who opens one and types means its composer, and no key of the page that goes.
  return options.focus === "composer" ? hold((wanted) => load(id, options, wanted), true) : load(id, options);
}

async function load(id, { push = true, focus = null, at = null, again = false }, wanted = () => true) {
  // Who goes back to what is open gives up what was on its way.
  opening?.stop.abort();
  opening = null;
  if (id === openConversation() && push && !at && !again && arrive(focus)) return;
  const mine = (opening = { id, stop: new AbortController() });
  const path = addressOf(id, at);
  // Other conversations move the cursor on while this one is fetched.
  const since = cursorNow();
  const late = setTimeout(() => pane().setAttribute("aria-busy", "true"), 150);
  try {
    const answer = await fetch(path, { headers: { "HX-Request": "true" }, signal: mine.stop.signal });
    if (isSignedOut(answer)) return;
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    const content = fragment(await answer.text());
    if (opening !== mine) return;
    opening = null;
    const address = addressOf(id, at);
    if (push && address !== location.pathname + location.search) history.pushState(null, "", address);
    show(content, since);
    arrive(wanted() ? focus : "title");
  } catch (error) {
    if (error.name === "AbortError") return;
    toast(t("failed"), { loud: true });
  } finally {
    if (opening === mine) opening = null;
    clearTimeout(late);
    pane().removeAttribute("aria-busy");
  }
}

/** The whole page answers a lost session with a way to the sign-in, a fragment with 401. */
export function isSignedOut(answer) {
  const lost = answer.status === 401 || (answer.redirected && new URL(answer.url).pathname === "/sign-in");
  if (lost) document.dispatchEvent(new CustomEvent("signed-out"));
  return lost;
}

function show(source, since) {
  const drawn = [];
  // What stands there is kept now, with all that was typed while the other was on its way.
  document.dispatchEvent(new CustomEvent("leaving"));
  for (const id of ["thread-pane", "details-pane"]) {
    const next = source.getElementById(id);
    if (!next) continue;
    document.getElementById(id).replaceWith(document.adoptNode(next));
    drawn.push(next);
  }
  const id = openConversation();
  inbox.dataset.pane = id ? "thread" : "list";
  nameTab(`${pane().dataset.title ?? document.getElementById("list-pane").dataset.title} · Bandeja`);
  // First of all the server hears it, so that what the modules tell of this conversation comes after.
  watch(id, since);
  announce(drawn);
  document.dispatchEvent(new CustomEvent("opened", { detail: id }));
}

// Answers whether the focus came to where it was meant. Where the composer is not there yet, it may be on its way.
function arrive(focus) {
  const writes = focus === "composer" && matchMedia("(min-width: 720px)").matches;
  const draft = writes && document.getElementById("draft");
  const there = draft && draft.checkVisibility();
  if (there) draft.focus();
  else if (focus) document.getElementById("thread-title")?.focus({ preventScroll: true });
  return there || !writes;
}

// Somebody else has it now, and it is not this person's to see any more. What was being written stays a draft.
document.addEventListener("gone", ({ detail }) => {
  if (detail !== `thread-${openConversation()}`) return;
  toast(t("gone"), { loud: true });
  if (headedFor() === openConversation()) open(null);
});

addEventListener("popstate", () => {
  const at = new URLSearchParams(location.search).get("at");
  open(location.pathname.match(/^\/inbox\/([^/]+)$/)?.[1] ?? null, { push: false, at });
});
