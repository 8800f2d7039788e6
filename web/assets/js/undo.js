// What was just done, and a way back: one line for eight seconds, which pointer or focus on it stop. Ctrl Z does the same.
import { isField } from "./keys.js";
import { say, toast } from "./say.js";
import { t } from "./words.js";

const STANDS = 8000;
let back = null;

/** Tell what was done; `undo` takes it back and answers whether it could, or why not. */
export function undoable(text, undo) {
  const box = document.getElementById("toasts");
  if (!box) return;
  const line = document.createElement("div");
  line.className = "toast";
  line.setAttribute("role", "status");
  // Said once, below, with how it is taken back.
  line.setAttribute("aria-live", "off");
  const words = document.createElement("span");
  words.textContent = text;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = t("undo");
  button.title = "Ctrl Z";
  line.append(words, button);
  box.replaceChildren(line);
  say(`${text}. ${t("undo-how")}`);

  let left = STANDS;
  let before = performance.now();
  const leave = setInterval(() => {
    const now = performance.now();
    if (!line.matches(":hover, :focus-within")) left -= now - before;
    before = now;
    if (left <= 0 || !line.isConnected) end();
  }, 100);
  const end = () => {
    clearInterval(leave);
    line.remove();
    if (back === run) back = null;
  };
  const run = async () => {
    end();
    const wrong = await undo();
    if (wrong) toast(wrong, { loud: true });
  };
  back = run;
  button.addEventListener("click", run);
}

addEventListener("keydown", (event) => {
  const wanted = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "z";
  if (!wanted || !back || isField(event.target) || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  back();
});
