// What is sent less often, a question with buttons or a place, and other ways of sending: with a deed after it, or later.
import { act } from "./act.js";
import { attached, takeAll } from "./attach.js";
import { messages, signed, submit } from "./composer.js";
import { when } from "./keys.js";
import { beside, carry } from "./outbox.js";
import { openConversation } from "./panes.js";
import { toast } from "./say.js";
import { t } from "./words.js";

let menu = null;
const field = () => document.getElementById("draft");

function close() {
  menu?.remove();
  menu = null;
  document.querySelector('[data-act="more"][aria-expanded]')?.removeAttribute("aria-expanded");
}

/** Open or close the menu. */
export function toggle(button) {
  const again = button.ariaExpanded;
  close();
  if (again || !button.isConnected) return;
  menu = document.getElementById(button.dataset.menu).content.firstElementChild.cloneNode(true);
  document.getElementById("composer").append(menu);
  for (const one of menu.querySelectorAll('[data-act="spell"]')) one.ariaChecked = String(one.dataset.code === spelling());
  button.setAttribute("aria-expanded", "true");
  menu.querySelector("button").focus();
  menu.addEventListener("keydown", (event) => {
    const items = [...menu.querySelectorAll("button")];
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (to !== undefined) items.at(to % items.length).focus();
    else if (event.key === "Escape") {
      close();
      button.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

// In which language the words are looked over: the customer's, else the writer's own, unless somebody says otherwise.
const chosen = new Map();
const OFF = "bandeja:no-spell";
const spelling = () => {
  if (!field().spellcheck) return "";
  const code = (field().lang || document.documentElement.lang).slice(0, 2);
  return code === "pt" ? "pt-BR" : code;
};
function spell(code) {
  field().spellcheck = Boolean(code);
  if (code) field().lang = code;
}
act("spell", ({ dataset: { code } }) => {
  close();
  chosen.set(openConversation(), code);
  spell(code);
  try {
    if (code) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  } catch {
    // For as long as this page lives.
  }
  field().focus();
});
document.addEventListener("opened", () => field() && chosen.has(openConversation()) && spell(chosen.get(openConversation())));

function empty() {
  field().value = "";
  field().dispatchEvent(new Event("input", { bubbles: true }));
}

act("build", ({ dataset }) => {
  close();
  const conv = openConversation();
  when(import("./builder.js"), ({ build }, wanted) => build(conv, dataset.what, wanted));
});
act("send-then", ({ dataset }) => {
  close();
  field().focus();
  submit(dataset.then);
});
const refuse = (words) => void toast(words, { loud: true });
act("later", () => {
  close();
  const conv = openConversation();
  const body = field().value.trim();
  const { busy, bad, files } = attached(conv);
  if (busy || bad || (!body && !files.length)) {
    field().focus();
    return refuse(busy ? t("file-wait-save") : bad ? t("file-refused") : field().form.dataset.later);
  }
  const place = body.match(/\{\{[^{}]*\}\}/);
  if (place) return refuse(`${field().form.dataset.fill}: ${place[0]}`);
  // What is done after it is done by who sends it.
  if (beside.get(conv)?.after) return refuse(field().form.dataset.laterAfter);
  const contents = messages(signed(body), files).map(([words, { file }]) => (file ? carry({ file, body: words }) : { kind: "text", body: words }));
  when(import("./later.js"), ({ later }, wanted) =>
    later(conv, contents, {
      wanted,
      replyTo: beside.get(conv)?.replyTo,
      done() {
        beside.delete(conv);
        takeAll(conv);
        document.dispatchEvent(new CustomEvent("given", { detail: conv }));
        if (conv === openConversation() && field().value.trim() === body) empty();
        field()?.focus();
      },
    }),
  );
});
// What was asked with buttons was written in the field before.
document.addEventListener("built", ({ detail: { conv, body } }) => conv === openConversation() && field().value.trim() === body && empty());
document.addEventListener("pointerdown", ({ target }) => menu && !menu.contains(target) && !target.closest('[data-act="more"]') && close());
document.addEventListener("leaving", close);
