// A question with buttons or a menu, or a place: built in a dialog, shown as the customer will see it, sent like any answer.
import { act } from "./act.js";
import { keepWritten } from "./hand.js";
import { post } from "./outbox.js";
import { openConversation } from "./panes.js";
import { fragment } from "./patch.js";
import { toast } from "./say.js";
import { get } from "./send.js";
import { sheet } from "./sheet.js";
import { t } from "./words.js";

let dialog = null;
const part = (name) => dialog.querySelector(`[data-part="${name}"]`);
const value = (name) => dialog.querySelector(`[name="${name}"]`)?.value.trim() ?? "";
const shown = (name) => dialog.querySelector(`[data-shown="${name}"]`);
const form = () => dialog.querySelector("form");
const isList = () => dialog.querySelector('[name="form"]:checked')?.value === "list";
const filled = (name) => [...dialog.querySelectorAll(`[name="${name}"]`)].map((input) => input.value.trim());
const slug = (text, n) => `${n + 1}-${text.normalize("NFD").replace(/[^\w]+/g, "-").toLowerCase().slice(0, 60)}`;

/** Open the dialog for a question or a place; the words that were being written come along. */
export async function build(conv, what, wanted) {
  const [answer] = await Promise.all([get(`/conversations/${conv}/build/${what}`), sheet("builder")]);
  if (!wanted() || conv !== openConversation()) return;
  if (!answer.ok) return toast(t("failed"), { loud: true });
  dialog?.remove();
  document.getElementById("inbox").append(fragment(answer.text));
  dialog = document.getElementById("builder");
  const body = dialog.querySelector('[name="body"]');
  if (body) body.value = document.getElementById("draft").value.trim().slice(0, body.maxLength);
  dialog.addEventListener("input", draw);
  keepWritten(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  form().addEventListener("submit", submit);
  draw();
  dialog.showModal();
}

function draw() {
  for (const input of dialog.querySelectorAll("[maxlength]")) {
    const left = input.closest(".field").querySelector("[data-left]");
    if (left) left.textContent = `${[...input.value].length} / ${input.maxLength}`;
  }
  dialog.querySelector(".notice").hidden = true;
  if ("place" in form().dataset) return drawPlace();
  part("buttons").hidden = isList();
  part("list").hidden = !isList();
  const rows = [...dialog.querySelectorAll(`[name="${isList() ? "row" : "title"}"]`)];
  dialog.querySelector('[data-act="builder-more"]').hidden = rows.length >= Number(isList() ? form().dataset.rows : form().dataset.buttons);
  for (const name of ["header", "body", "footer"]) if (shown(name)) shown(name).textContent = value(name);
  const line = (text) => Object.assign(document.createElement("span"), { textContent: text, dir: "auto" });
  shown("opts").replaceChildren(...(isList() ? [line(value("menu"))] : filled("title").filter(Boolean).map(line)));
  const abouts = filled("about");
  shown("rows").replaceChildren(
    ...(isList() ? filled("row") : []).flatMap((row, n) => {
      if (!row) return [];
      const one = document.createElement("div");
      one.append(Object.assign(line(row), { className: "medium blk" }), Object.assign(line(abouts[n]), { className: "meta subtle blk" }));
      return [one];
    }),
  );
}

act("builder-more", () => {
  const name = isList() ? "list" : "buttons";
  const last = part(name).lastElementChild;
  const next = last.cloneNode(true);
  for (const input of next.querySelectorAll("input")) input.value = "";
  last.after(next);
  draw();
  next.querySelector("input").focus();
});
act("builder-close", () => dialog.close());

function question() {
  const optional = (name) => value(name) || undefined;
  const body = value("body");
  if (isList()) {
    const abouts = filled("about");
    const rows = filled("row").flatMap((title, n) => (title ? [{ id: slug(title, n), title, ...(abouts[n] && { description: abouts[n] }) }] : []));
    return { form: "list", header: optional("header"), body, footer: optional("footer"), button: value("menu"), sections: [{ rows }], labels: rows.map(({ title }) => title) };
  }
  const buttons = filled("title").flatMap((title, n) => (title ? [{ id: slug(title, n), title }] : []));
  const header = value("header") ? { header: "text", text: value("header") } : undefined;
  return { form: "buttons", header, body, footer: optional("footer"), buttons, labels: buttons.map(({ title }) => title) };
}

const why = (text) => {
  const notice = dialog.querySelector(".notice");
  notice.querySelector("[data-why]").textContent = text;
  notice.hidden = false;
};

function submit(event) {
  event.preventDefault();
  const { conv } = form().dataset;
  if ("place" in form().dataset) {
    const place = where();
    if (!place) return why(form().dataset.wrong);
    const [name, address] = [value("name"), value("address")];
    const content = { kind: "location", ...place, ...(name && { name }), ...(address && { address }) };
    return go(conv, [name, address].filter(Boolean).join("\n") || shown("where").textContent, content);
  }
  const { labels, ...asked } = question();
  if (!asked.body || !labels.length || (isList() && !asked.button)) return why(form().dataset.lacking);
  if (new Set(labels.map((label) => label.toLowerCase())).size < labels.length) return why(form().dataset.taken);
  if (go(conv, asked.body, { kind: "interactive", ...asked })) document.dispatchEvent(new CustomEvent("built", { detail: { conv, body: asked.body } }));
}

// What came meanwhile is behind the dialog: it is told here, and the next click sends.
function go(conv, body, content) {
  const sent = post(conv, body, { content, again: () => form().requestSubmit() });
  if (sent) dialog.close();
  else {
    const { dataset, firstElementChild: asks } = document.getElementById("composer-ask");
    why([asks.textContent, dataset.said && `«${dataset.said}»`].filter(Boolean).join(" "));
  }
  return sent;
}

// Degrees as maps copy them, or the address of a map's page.
function where() {
  const found = value("where").match(/(?:@|[?&](?:q|query|ll|mlat)=|#map=\d+\/|^)\s*(-?\d{1,2}(?:\.\d+)?)(?:\s*[,;/ ]\s*|&mlon=)(-?\d{1,3}(?:\.\d+)?)/);
  if (!found) return null;
  const [latitude, longitude] = [Number(found[1]), Number(found[2])];
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : null;
}

function drawPlace() {
  const place = where();
  shown("where").textContent = place ? `${place.latitude}, ${place.longitude}` : "";
  for (const name of ["name", "address"]) {
    shown(name).dataset.empty ??= shown(name).textContent;
    shown(name).textContent = value(name) || shown(name).dataset.empty;
  }
}
