// Single keys, outside of fields. Each can be turned off by the person (WCAG 2.1.4).
import { act } from "./act.js";

const bindings = new Map();
const OFF = "bandeja:no-single-keys";
const stored = (run) => {
  try {
    return run(localStorage);
  } catch {
    return null; // Storage may be forbidden; keys then stay on.
  }
};

/** What a key does; `run` may answer false when it does not apply now. */
export function key(name, run) {
  bindings.set(name, run);
}

/** Whether the focus is where keys mean text. */
export const isField = (element) => element?.matches?.("input, textarea, select, [contenteditable]") ?? false;

const help = () => {
  const dialog = document.getElementById("keys");
  if (!dialog || dialog.open) return;
  const box = dialog.querySelector('[data-act="single-keys"]');
  if (box) box.checked = !stored((store) => store.getItem(OFF));
  dialog.showModal();
};
act("keys", help);
act("single-keys", (box) => {
  stored((store) => (box.checked ? store.removeItem(OFF) : store.setItem(OFF, "1")));
});
key("?", help);

// The palette is fetched by who asks for it.
const palette = () => import("./palette.js").then(({ toggle }) => toggle());
act("palette", (link, event) => {
  event.preventDefault();
  palette();
});

addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    return palette();
  }
  if (event.isComposing || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const field = isField(event.target);
  if (event.key === "Escape") {
    if (field) event.target.blur();
    else bindings.get("Escape")?.(event);
    return;
  }
  if (field || document.querySelector("dialog[open]") || stored((store) => store.getItem(OFF))) return;
  const run = bindings.get(event.key.length === 1 ? event.key.toLowerCase() : event.key);
  if (run && run(event) !== false) event.preventDefault();
});
