// A picture of the thread at full size, in a dialog: the next and the one before, larger, saved.
import { act } from "./act.js";
import { sheet } from "./sheet.js";
import { t } from "./words.js";

const dialog = document.getElementById("viewer");
const image = dialog.querySelector("img");
const stage = dialog.querySelector(".viewer-scroll");
const links = () => [...document.querySelectorAll('[data-thread] a[data-act="view"]')];
let at = null;

function show(link) {
  const thumb = link.querySelector("img");
  const all = links();
  const place = all.indexOf(link);
  at = link;
  zoom(false);
  image.src = link.href;
  image.alt = thumb.alt;
  image.width = thumb.width;
  image.height = thumb.height;
  dialog.querySelector("[data-title]").textContent = thumb.alt;
  dialog.querySelector("[data-place]").textContent = t("of", { n: place + 1, name: all.length });
  dialog.querySelector("[download]").href = link.href;
  for (const button of dialog.querySelectorAll("[data-step]")) button.disabled = !all[place + Number(button.dataset.step)];
}

function step(by) {
  const all = links();
  const next = all[all.indexOf(at) + by];
  if (next) show(next);
}

function zoom(on, { x = 0.5, y = 0.5 } = {}) {
  dialog.toggleAttribute("data-zoom", on);
  dialog.querySelector('[data-act="viewer-zoom"]').setAttribute("aria-pressed", String(on));
  if (!on) return;
  stage.scrollTo(x * stage.scrollWidth - stage.clientWidth / 2, y * stage.scrollHeight - stage.clientHeight / 2);
}
const isZoomed = () => dialog.hasAttribute("data-zoom");

/** Open it with the picture behind a link. */
export async function view(link) {
  await sheet("viewer");
  if (!link.isConnected || dialog.open) return;
  show(link);
  dialog.showModal();
}

act("close-viewer", () => dialog.close());
act("viewer-step", (button) => step(Number(button.dataset.step)));
act("viewer-zoom", () => zoom(!isZoomed()));
image.addEventListener("click", ({ offsetX, offsetY }) => {
  zoom(!isZoomed(), { x: offsetX / image.clientWidth, y: offsetY / image.clientHeight });
});
dialog.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const does = {
    ArrowLeft: () => isZoomed() || step(-1),
    ArrowRight: () => isZoomed() || step(1),
    z: () => zoom(!isZoomed()),
    "+": () => zoom(true),
    "-": () => zoom(false),
    s: () => dialog.querySelector("[download]").click(),
  }[event.key];
  if (!does) return;
  if (!(isZoomed() && event.key.startsWith("Arrow"))) event.preventDefault();
  does();
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog || (event.target === stage && !isZoomed())) dialog.close();
});
dialog.addEventListener("close", () => {
  image.removeAttribute("src");
  if (at?.isConnected) at.focus();
});
