// A picture of the thread at full size, in a dialog; the arrows go to the next one.
import { act } from "./act.js";

const dialog = () => document.getElementById("viewer");
const links = () => [...document.querySelectorAll('[data-thread] a[data-act="view"]')];
let at = null;

function show(link) {
  const thumb = link.querySelector("img");
  const image = dialog().querySelector("img");
  at = link;
  image.src = link.href;
  image.alt = thumb.alt;
  image.width = thumb.width;
  image.height = thumb.height;
  dialog().querySelector("[data-title]").textContent = thumb.alt;
  dialog().querySelector("[download]").href = link.href;
}

act("view", (link, event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || !dialog()) return;
  event.preventDefault();
  show(link);
  dialog().showModal();
});
act("close-viewer", () => dialog().close());
document.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!step || !dialog()?.open) return;
  const all = links();
  const next = all[all.indexOf(at) + step];
  if (next) show(next);
});
document.addEventListener("click", (event) => {
  if (event.target === dialog()) dialog().close();
});
