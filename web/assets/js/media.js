// What can be opened from a bubble or from the panel beside it. What nobody has asked for yet is not loaded.
import { act } from "./act.js";
import { when } from "./keys.js";
import { open, openConversation } from "./panes.js";
import { say } from "./say.js";
import { t } from "./words.js";

const player = () => import("./sound.js");

act("view", (link, event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || !document.getElementById("viewer")) return;
  event.preventDefault();
  when(import("./viewer.js"), ({ view }) => view(link));
});
act("play", async (button) => (await player()).play(button));
act("speed", async (button) => (await player()).faster(button));
document.addEventListener("input", async ({ target }) => {
  if (target.matches?.(".seek")) (await player()).seek(target);
});

// Where an answer points to: here, or in another stretch or conversation.
act("quoted", (link, event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const { conv, message } = link.dataset;
  const bubble = document.getElementById(`m-${message}`);
  if (!bubble) return open(conv, { at: message });
  bubble.scrollIntoView({ block: "center" });
  bubble.classList.remove("lit");
  requestAnimationFrame(() => bubble.classList.add("lit"));
});

// What such bubbles need beside their markup.
const drawn = () => {
  const has = (what) => document.querySelector(`[data-thread] ${what}`);
  if (has(".pick-tag")) import("./picked.js").then(({ mark }) => mark(), () => {}); // the next time
  if (has(".speed")) player().then((sounds) => sounds.drawSpeed(), () => {});
};
for (const event of ["patched", "drawn", "opened"]) document.addEventListener(event, drawn);
drawn();

act("fold", (button) => {
  button.setAttribute("aria-expanded", String(button.ariaExpanded !== "true"));
  document.dispatchEvent(new CustomEvent("folded"));
});
act("copy-text", async ({ dataset }) => {
  await navigator.clipboard.writeText(dataset.text);
  say(t("copied"));
});
act("edit-field", (button) => when(import("./inline.js"), ({ edit }, wanted) => edit(button, wanted)));
act("unmask", (button) => when(import("./inline.js"), ({ unmask }) => unmask(button)));
document.addEventListener("stale", async ({ detail }) => (await import("./past.js")).renew(detail));
act("past", async () => (await import("./past.js")).older(document.getElementById(`thread-${openConversation()}`)));
act("parallel", async (button) => (await import("./past.js")).parallel(button));
act("more-files", async (button) => (await import("./past.js")).moreFiles(button));
document.addEventListener("toggle", async ({ target }) => {
  if (target.open && target.matches?.("[data-files]")) (await import("./past.js")).files(target);
}, true);
