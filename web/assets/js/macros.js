// Files of a quick reply, in its form: brought at once, listed, and named by what the form posts.
import { act } from "./act.js";
import { say, toast } from "./say.js";
import { t } from "./words.js";

const csrf = document.querySelector('meta[name="csrf"]')?.content ?? "";
const box = () => document.querySelector("[data-macro-files]");
const list = () => box().querySelector("ul");

function note() {
  const ids = [...list().querySelectorAll("li[data-file]")].map((line) => line.dataset.file);
  box().querySelector('[name="files"]').value = ids.join(",");
}

async function add(file) {
  const line = box().querySelector("template").content.firstElementChild.cloneNode(true);
  line.querySelector("[data-name]").textContent = file.name;
  const button = line.querySelector("button");
  button.setAttribute("aria-label", button.dataset.label.replace("{name}", file.name));
  list().append(line);
  const headers = { "X-CSRF": csrf, "HX-Request": "true", "Content-Type": "application/octet-stream" };
  const answer = await fetch(`/macros/files?${new URLSearchParams({ name: file.name })}`, { method: "POST", body: file, headers }).catch(() => null);
  const told = await answer?.json().catch(() => null);
  if (!answer?.ok) {
    line.remove();
    return toast(`${file.name}: ${told?.message ?? t("not-uploaded")}`, { loud: true });
  }
  line.querySelector("progress").remove();
  line.querySelector("[data-size]").textContent = told.size;
  line.dataset.file = told.id;
  note();
  say(t("file-ready", { name: file.name }));
}

document.addEventListener("change", ({ target }) => {
  if (!("macroFile" in target.dataset)) return;
  for (const file of target.files) add(file);
  target.value = "";
});
act("macro-file-remove", (button) => {
  button.closest("li").remove();
  note();
  box().querySelector("[data-macro-file]").focus();
});
// What still comes would be left behind.
document.addEventListener(
  "submit",
  (event) => {
    if (!event.target.querySelector("[data-macro-files] progress")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    toast(t("file-wait-save"), { loud: true });
  },
  true,
);
