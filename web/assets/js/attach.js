// Files beside the draft: picked, pasted or dropped, sent up at once, taken along by the message.
import { act } from "./act.js";
import { openConversation } from "./panes.js";
import { say, shout, toast } from "./say.js";
import { send } from "./send.js";
import { t } from "./words.js";

const MOST = 10;
const trays = new Map(); // by conversation
let made = 0;

const form = () => document.getElementById("composer");
const tray = () => document.getElementById("tray");
const items = (conv = openConversation()) => trays.get(conv) ?? [];
const canWrite = () => document.querySelector('#dock[data-mode="open"]:not([data-note])');

/**
 * What is attached here: whether something still goes up or was refused, and the files that are ready. Each time it
 * changes the document hears `attached`, with the conversation and whether a file was taken away.
 */
export function attached(conv) {
  const all = items(conv);
  return { busy: all.some((one) => one.share < 1), bad: all.some((one) => one.why), files: all.map((one) => one.file) };
}

function changed(conv, removed = false) {
  draw();
  document.dispatchEvent(new CustomEvent("attached", { detail: { conv, removed } }));
}

/** The message has them now. */
export function takeAll(conv) {
  for (const one of items(conv)) release(one);
  trays.delete(conv);
  draw();
}

function release(one) {
  if (one.preview) URL.revokeObjectURL(one.preview);
}

function add(files) {
  if (document.querySelector("#dock[data-note]")) return toast(t("file-note"), { loud: true });
  if (!canWrite()) return;
  for (const blob of files) begin(openConversation(), blob);
  document.getElementById("draft")?.focus();
}

function begin(conv, blob) {
  const preview = /^image\/(png|jpeg|gif|webp)$/.test(blob.type) ? URL.createObjectURL(blob) : "";
  const most = Number(form()?.dataset.most) || Infinity;
  return bring(conv, blob.name || t("file-pasted"), preview, async (one) => {
    if (blob.size > most) return { why: t("file-over", { n: Math.floor(most / 1048576) }) };
    const { upload } = await import("./upload.js");
    return upload(conv, blob, { name: one.name, signal: one.stop.signal, progress: (share) => grow(one, share) });
  });
}

/** A file for the tray of a conversation: on its way until `coming` answers `{ file, why }`. */
export async function bring(conv, name, preview, coming) {
  if (items(conv).length >= MOST) return say(t("file-most", { n: MOST }));
  const one = { key: (made += 1), name, preview, share: 0, why: "", file: null, stop: new AbortController() };
  trays.set(conv, [...items(conv), one]);
  draw();
  const { file, why } = await coming(one).catch(() => ({ why: t("not-uploaded") }));
  one.share = 1;
  one.file = file ?? null;
  one.why = file ? "" : why;
  if (file?.thumbnail) one.preview ||= `/files/${file.id}/thumbnail`;
  // Taken away on its way: nobody waits for it.
  if (one.stop.signal.aborted) return;
  if (one.why) shout(`${name}: ${one.why}`);
  else say(t("file-ready", { name }));
  changed(conv);
}

function grow(one, share) {
  one.share = Math.min(share, 0.99);
  const bar = tray()?.querySelector(`[data-key="${one.key}"] progress`);
  if (bar) bar.value = one.share;
}

function draw() {
  const box = tray();
  if (!box) return;
  box.replaceChildren(...items().map(line));
  box.hidden = !items().length;
}

function line(one) {
  const element = document.getElementById("tray-file").content.firstElementChild.cloneNode(true);
  element.dataset.key = one.key;
  element.classList.toggle("bad", Boolean(one.why));
  element.querySelector("[data-name]").textContent = one.name;
  element.querySelector("[data-why]").textContent = one.why;
  const bar = element.querySelector("progress");
  bar.hidden = one.share >= 1;
  bar.value = one.share;
  const image = element.querySelector("img");
  image.hidden = !one.preview;
  if (one.preview) image.src = one.preview;
  element.querySelector(".ico").hidden = Boolean(one.preview);
  const button = element.querySelector("button");
  button.dataset.key = one.key;
  button.setAttribute("aria-label", t("file-remove", { name: one.name }));
  return element;
}

act("attach", () => document.getElementById("attach-file")?.click());
act("detach", ({ dataset }) => {
  const conv = openConversation();
  const one = items(conv).find((other) => String(other.key) === dataset.key);
  if (!one) return;
  one.stop.abort();
  release(one);
  if (one.file) send("DELETE", `/files/${one.file.id}`);
  trays.set(conv, items(conv).filter((other) => other !== one));
  changed(conv, true);
  document.getElementById("draft")?.focus();
});
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
document.addEventListener("opened", draw);
