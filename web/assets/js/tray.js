// The files beside the draft: sent up at once, drawn with their progress. Loaded with the first of them.
import { act } from "./act.js";
import { items, trays } from "./attach.js";
import { openConversation } from "./panes.js";
import { say, shout } from "./say.js";
import { send } from "./send.js";
import { upload } from "./upload.js";
import { t } from "./words.js";

const MOST = 10;
let made = 0;

const tray = () => document.getElementById("tray");

function changed(conv, removed = false) {
  draw();
  document.dispatchEvent(new CustomEvent("attached", { detail: { conv, removed } }));
}

/** The message has them now. */
export function taken(all) {
  for (const one of all) release(one);
  draw();
}

function release(one) {
  if (one.preview) URL.revokeObjectURL(one.preview);
}

/** Begin to send one up. */
export function begin(conv, blob) {
  const preview = /^image\/(png|jpeg|gif|webp)$/.test(blob.type) ? URL.createObjectURL(blob) : "";
  const most = Number(document.getElementById("composer")?.dataset.most) || Infinity;
  return bring(conv, blob.name || t("file-pasted"), preview, async (one) => {
    if (blob.size > most) return { why: t("file-over", { n: Math.floor(most / 1048576) }) };
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
document.addEventListener("opened", draw);
