// Files beside the draft: picked, pasted or dropped, taken along by the message. What is done with them is loaded with
// the first.
import { act } from "./act.js";
import { openConversation } from "./panes.js";
import { toast } from "./say.js";
import { t } from "./words.js";

/** What is attached, by conversation. */
export const trays = new Map();
export const items = (conv = openConversation()) => trays.get(conv) ?? [];
// Where files come before there is a tray for them: what is sent meanwhile waits for them.
const coming = new Set();

const canWrite = () => document.querySelector('#dock[data-mode="open"]:not([data-note])');

/**
 * What is attached here: whether something still goes up or was refused, and the files that are ready. Each time it
 * changes the document hears `attached`, with the conversation and whether a file was taken away.
 */
export function attached(conv) {
  const all = items(conv);
  return { busy: coming.has(conv) || all.some((one) => one.share < 1), bad: all.some((one) => one.why), files: all.map((one) => one.file) };
}

/** The message has them now. */
export function takeAll(conv) {
  const all = items(conv);
  trays.delete(conv);
  if (all.length) import("./tray.js").then(({ taken }) => taken(all));
}

async function add(files) {
  if (document.querySelector("#dock[data-note]")) return toast(t("file-note"), { loud: true });
  if (!canWrite()) return;
  const conv = openConversation();
  coming.add(conv);
  document.getElementById("draft")?.focus();
  const tray = await import("./tray.js").catch(() => toast(t("not-uploaded"), { loud: true }));
  coming.delete(conv);
  for (const blob of tray ? files : []) tray.begin(conv, blob);
  document.dispatchEvent(new CustomEvent("attached", { detail: { conv, removed: !tray } }));
}

act("attach", () => document.getElementById("attach-file")?.click());
document.addEventListener("change", ({ target }) => {
  if (target.id !== "attach-file") return;
  add([...target.files]);
  target.value = "";
});
document.addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  // Cells of a table come as a picture, too: their words are what was copied.
  const { types } = event.clipboardData ?? {};
  if (!files.length || event.target.id !== "draft" || ["text/plain", "text/html"].every((one) => types.includes(one))) return;
  event.preventDefault();
  add(files);
});

// A file that misses the pane must not replace the page.
const carries = (event) => event.dataTransfer?.types.includes("Files");
const over = (on) => document.getElementById("thread-pane")?.toggleAttribute("data-drop", on);
addEventListener("dragover", (event) => {
  if (!carries(event)) return;
  event.preventDefault();
  over(canWrite() && Boolean(event.target.closest?.("#thread-pane")));
});
addEventListener("dragleave", (event) => event.relatedTarget || over(false));
addEventListener("drop", (event) => {
  if (!carries(event)) return;
  event.preventDefault();
  over(false);
  if (event.target.closest?.("#thread-pane")) add([...event.dataTransfer.files]);
});
