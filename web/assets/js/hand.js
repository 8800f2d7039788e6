// Dialogs of the open conversation, fetched when they are asked for: handing it on, why it is where it is, and what
// people wrote on the contact.
import { act } from "./act.js";
import { key } from "./keys.js";
import { openConversation, refetch } from "./panes.js";
import { announce, fragment } from "./patch.js";
import { toast } from "./say.js";
import { send } from "./send.js";
import { t } from "./words.js";

let opener = null;

/** Fetch a dialog and show it; the focus comes back to the button. */
export async function show(button, name, url) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  const answer = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => null);
  button.removeAttribute("aria-busy");
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

const plain = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
document.addEventListener("input", ({ target }) => {
  if (!target.matches?.("[data-transfer-search]")) return;
  const wanted = plain(target.value.trim());
  for (const line of target.closest("dialog").querySelectorAll(".transfer-to")) {
    line.hidden = Boolean(wanted) && !plain(line.textContent).includes(wanted);
  }
});

// Where a dialog's form goes, and what follows when it was taken.
const forms = {
  transfer: {
    url: (form) => `/conversations/${form.dataset.conversation}/transfer`,
    done(form, text) {
      document.dispatchEvent(new CustomEvent("handed", { detail: form.dataset.conversation }));
      return JSON.parse(text).handed === "offered" ? "handed-offered" : "handed-waits";
    },
  },
  consent: {
    url: (form) => `/contacts/${form.dataset.contact}/consent`,
    done() {
      refetch();
      return "consent-noted";
    },
  },
  card: {
    url: (form) => `/contacts/${form.dataset.contact}/card`,
    done() {
      refetch();
      return "card-saved";
    },
  },
};
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const kind = forms[form.dataset?.actSubmit];
  if (!kind) return;
  event.preventDefault();
  const button = form.querySelector('[type="submit"]');
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  const answer = await send("POST", kind.url(form), Object.fromEntries(new FormData(form)));
  button.removeAttribute("aria-busy");
  if (answer.ok) {
    const done = kind.done(form, answer.text);
    form.closest("dialog").close();
    if (form.dataset.actSubmit !== "transfer") return toast(t(done));
    return import("./work.js").then((work) => work.handed(form.dataset.conversation, t(done)));
  }
  const error = form.querySelector("[data-dialog-error]");
  error.querySelector("span").textContent = answer.error?.message ?? t("failed");
  error.hidden = false;
});
