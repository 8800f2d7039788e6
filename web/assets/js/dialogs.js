// What people do in the dialogs of the open conversation. Loaded with the first of them.
import { redraw } from "./anew.js";
import { plain } from "./plain.js";
import { toast } from "./say.js";
import { send } from "./send.js";
import { t } from "./words.js";

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
      redraw();
      return "consent-noted";
    },
  },
  card: {
    url: (form) => `/contacts/${form.dataset.contact}/card`,
    // Somebody else was faster: where they wrote elsewhere, it goes through all the same.
    again: (form, answer) =>
      answer.status === 409 && import("./conflict.js").then(({ meet }) => meet(form), () => false), // then it is told
    done() {
      redraw();
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
  const take = () => send("POST", kind.url(form), Object.fromEntries(new FormData(form)));
  let answer = await take();
  if (await kind.again?.(form, answer)) answer = await take();
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
