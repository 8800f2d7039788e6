// Dialogs of the open conversation, fetched when they are asked for: handing it on, why it is where it is, and what
// people wrote on the contact.
import { act } from "./act.js";
import { key } from "./keys.js";
import { openConversation } from "./panes.js";
import { announce, fragment } from "./patch.js";
import { toast } from "./say.js";
import { t } from "./words.js";

let opener = null;

/** Fetch a dialog and show it; the focus comes back to the button. */
export async function show(button, name, url) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  const answer = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => null);
  button.removeAttribute("aria-busy");
  await import("./dialogs.js");
  if (!answer?.ok) return toast(t(answer?.status === 404 ? "gone" : "failed"), { loud: true });
  document.getElementById(name)?.remove();
  document.body.append(fragment(await answer.text()));
  const dialog = document.getElementById(name);
  // What stands in a menu is gone with it: the focus comes back to what opened that.
  opener = button.closest("details")?.querySelector("summary") ?? button;
  announce([dialog]);
  dialog.showModal();
  dialog.querySelector("h2").focus();
  dialog.addEventListener("close", () => {
    dialog.remove();
    (opener?.isConnected ? opener : document.getElementById("thread-title"))?.focus();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
}
for (const name of ["transfer", "why"]) {
  act(name, (button) => openConversation() && show(button, name, `/conversations/${openConversation()}/${name}`));
}
act("consent", (button) => show(button, "consent", `/contacts/${button.dataset.contact}/consent`));
act("card", (button) => show(button, "card", `/contacts/${button.dataset.contact}/card`));
act("dialog-close", (button) => button.closest("dialog").close());
key("a", () => {
  const button = document.querySelector('[data-act="transfer"]');
  return button?.checkVisibility() ? button.click() : false;
});
