// Dialogs of the open conversation, fetched when they are asked for: handing it on, why it is where it is, and what
// people wrote on the contact. Loaded with the first of them.
import { hold } from "./keys.js";
import { openConversation } from "./panes.js";
import { announce, fragment } from "./patch.js";
import { toast } from "./say.js";
import { get } from "./send.js";
import { t } from "./words.js";

let opener = null;

/** Fetch a dialog and show it; the focus comes back to the button. What is typed meanwhile is what is looked for there. */
export const show = (button, name, url) => hold((wanted) => fetchAndShow(button, name, url, wanted));

async function fetchAndShow(button, name, url, wanted) {
  const conv = openConversation();
  // By a key the focus was somewhere else, and comes back there.
  const from = document.activeElement === document.body ? button : document.activeElement;
  button.setAttribute("aria-busy", "true");
  const answer = await get(url);
  button.removeAttribute("aria-busy");
  await import("./dialogs.js");
  // Another one is open by now: what would be done here was not meant for that.
  if (!wanted() || (conv !== openConversation() && !url.startsWith("/bulk"))) return;
  if (!answer.ok) return toast(t(answer.status === 404 ? "gone" : "failed"), { loud: true });
  document.getElementById(name)?.remove();
  document.body.append(fragment(answer.text));
  const dialog = document.getElementById(name);
  // What stands in a menu is gone with it: the focus comes back to what opened that.
  const menu = button.closest("details");
  opener = menu?.contains(from) ? menu.querySelector("summary") : from;
  announce([dialog]);
  dialog.showModal();
  const search = matchMedia("(pointer: fine)").matches && dialog.querySelector('.search input[type="search"]');
  (search || dialog.querySelector("h2")).focus();
  dialog.addEventListener("close", () => {
    dialog.remove();
    (opener?.isConnected ? opener : document.getElementById("thread-title"))?.focus();
  });
  closeFromOutside(dialog);
}

/** What is written in a dialog outlasts Esc; answers how it is asked whether there is something. */
export function keepWritten(dialog) {
  const written = new Set();
  const keep = (event) => written.size && event.preventDefault();
  dialog.addEventListener("input", ({ target }) => {
    if (target.type !== "search") written[target.value === target.defaultValue ? "delete" : "add"](target);
  });
  // A browser may close at the second Esc without asking: the key is stopped, but for a search that it empties.
  dialog.addEventListener("keydown", (event) => event.key === "Escape" && !(event.target.type === "search" && event.target.value) && keep(event));
  dialog.addEventListener("cancel", keep);
  return () => written.size > 0;
}

// By a whole click beside it that was not the opener's second one, and only while nothing is written in it.
function closeFromOutside(dialog) {
  const isOutside = ({ target, clientX: x, clientY: y }) => {
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    return target === dialog && (x < left || x > right || y < top || y > bottom);
  };
  const isWritten = keepWritten(dialog);
  let began = false;
  dialog.addEventListener("pointerdown", (event) => (began = isOutside(event)));
  dialog.addEventListener("click", (event) => began && !isWritten() && isOutside(event) && event.detail < 2 && dialog.close());
}

/** Ask for one of the dialogs by its name, for the open conversation or for the contact of the button. */
export function ask(button, name) {
  const { contact } = button.dataset;
  if (contact) return show(button, name, `/contacts/${contact}/${name}`);
  if (openConversation()) show(button, name, `/conversations/${openConversation()}/${name}`);
}
