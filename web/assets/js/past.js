// What was said with this contact before, above the open conversation, and beside it; and the files of all of it.
import { openConversation } from "./panes.js";
import { announce, fragment, morph, place } from "./patch.js";
import { toast } from "./say.js";
import { get } from "./send.js";
import { arrange } from "./thread.js";
import { t } from "./words.js";

let loading = false;

async function ask(url) {
  const answer = await get(url);
  if (!answer.ok) {
    toast(t("failed"), { loud: true });
    return null;
  }
  return answer.text;
}

/** Put the next stretch of the past above what is there; nothing moves before the eyes. */
export async function older(thread) {
  if (loading || thread.dataset.past === "none") return;
  loading = true;
  const first = thread.querySelector(":scope > .past-talk");
  const { past, earlier } = first?.dataset ?? {};
  const from = new URLSearchParams(earlier ? { of: past, before: earlier } : past ? { of: past } : {});
  const html = await ask(`/inbox/${openConversation()}/past?${from}`);
  loading = false;
  if (html === null || !thread.isConnected) return;
  const button = thread.querySelector(":scope > .past-more");
  if (!html) {
    thread.dataset.past = "none";
    button?.remove();
    return;
  }
  const section = fragment(html).firstElementChild;
  const bottom = thread.scrollHeight - thread.scrollTop;
  if (earlier) {
    section.querySelector(":scope > .past-line").remove();
    first.dataset.earlier = section.dataset.earlier;
    first.prepend(...section.children);
  } else if (button) button.after(section);
  else thread.prepend(section);
  const changed = earlier ? first : section;
  arrange(changed);
  document.dispatchEvent(new CustomEvent("drawn", { detail: [changed] }));
  thread.scrollTop = thread.scrollHeight - bottom;
}

/** Show another conversation of this contact where it began, or put it away again. */
export async function parallel(button) {
  const line = button.closest(".parallel");
  const shown = () => line.querySelector(":scope > .past-talk");
  if (shown()) shown().remove();
  else {
    const html = await ask(`/inbox/${openConversation()}/past?talk=${button.dataset.talk}`);
    if (!html || !line.isConnected || shown()) return;
    const section = fragment(html).firstElementChild;
    section.querySelector(":scope > .past-line").remove();
    line.append(section);
    arrange(section);
    document.dispatchEvent(new CustomEvent("drawn", { detail: [section] }));
  }
  button.ariaExpanded = String(Boolean(shown()));
}

// What is shown of them stays. Where the contact became two again, some are another one's.
function drawParallel(thread, drawn) {
  const { earlier = "" } = drawn.querySelector("[data-thread]").dataset;
  for (const line of thread.querySelectorAll(":scope > .parallel")) {
    if (line.dataset.seq > earlier && !drawn.getElementById(line.id)) line.remove();
  }
  const fresh = document.createDocumentFragment();
  for (const next of [...drawn.querySelectorAll(".parallel")]) {
    const line = document.getElementById(next.id);
    if (!line) fresh.append(next);
    else {
      next.querySelector("button").ariaExpanded = line.querySelector("button").ariaExpanded;
      morph(line.firstElementChild, next.firstElementChild);
    }
  }
  return place(thread, fresh);
}

/** The newest files of a contact, when somebody asks for them. */
export async function files(details) {
  const box = details.querySelector("[data-files-box]");
  if (box.childElementCount) return;
  const html = await ask(`/contacts/${details.dataset.contact}/files`);
  if (html === null) return;
  box.replaceChildren(fragment(html));
  document.dispatchEvent(new CustomEvent("drawn", { detail: [box] }));
}

/** The next ones. */
export async function moreFiles(button) {
  const page = button.closest(".files-page");
  const html = await ask(`/contacts/${page.dataset.contact}/files?before=${page.dataset.more}`);
  if (html === null) return;
  const next = fragment(html).firstElementChild;
  page.querySelector(".files").append(...next.querySelectorAll(".files > li"));
  document.dispatchEvent(new CustomEvent("drawn", { detail: [page] }));
  if (next.dataset.more) page.dataset.more = next.dataset.more;
  else button.remove();
}

// As written: in markup that is not on the page yet a link has no address.
const before = (panel) => [...panel.querySelectorAll("a.past[data-before]")].map((link) => link.getAttribute("href")).join();
let asked = 0;

/** Draw the panel and the way to the past anew: something else is known of the contact, or it became one with another. */
export async function renew(id) {
  const conv = openConversation();
  if (id !== `details-${conv}`) return;
  const turn = (asked += 1);
  const answer = await get(`/inbox/${conv}`);
  const panel = document.getElementById(id);
  if (!answer.ok || turn !== asked || !panel) return;
  // What is being written there comes first: whoever leaves that draws the panel anew.
  if (panel.querySelector(".inline-edit")) return (panel.dataset.late = "");
  const drawn = fragment(answer.text);
  const next = drawn.getElementById(id);
  const thread = document.getElementById(`thread-${conv}`);
  if (!next || !panel.isConnected) return;
  if (before(panel) !== before(next)) {
    for (const old of thread.querySelectorAll(":scope > :is(.past-talk, .past-more)")) old.remove();
    delete thread.dataset.past;
    const button = drawn.querySelector(".past-more");
    if (button) {
      button.hidden = Boolean(thread.dataset.earlier);
      thread.prepend(button);
    }
  }
  for (const part of ["#thread-title", ".thread-head > .av"]) morph(document.querySelector(part), drawn.querySelector(part));
  // Files that were looked at stay.
  next.querySelector("[data-files-box]").replaceChildren(...panel.querySelector("[data-files-box]").childNodes);
  announce([morph(panel, next), ...drawParallel(thread, drawn)]);
}
