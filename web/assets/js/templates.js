// The builder of templates. The server checks what is written.
import { act } from "./act.js";
import { json, send } from "./send.js";
import { t } from "./words.js";

const page = document.getElementById("builder");
const byId = (id) => document.getElementById(id);
const copy = (id) => byId(id).content.firstElementChild.cloneNode(true);
const places = (text) => [...new Set([...text.matchAll(/\{\{([^{}]*)\}\}/g)].map((place) => place[1]))];
let model;
let dirty = false;
let timer = 0;
let asking = 0;

async function ask(path, body, method = "POST") {
  const { ok, text, error } = await send(method, `${page.dataset.base}${path}`, body);
  trouble(ok ? "" : (error?.message ?? t("failed")));
  return ok && (text ? JSON.parse(text) : {});
}

function trouble(text) {
  const box = byId("trouble");
  box.hidden = !text;
  box.lastElementChild.textContent = text ?? "";
}

const form = byId("template");
const field = (name) => form.elements[name];
const words = () => field("body").value;
const isCode = () => field("category").value === "AUTHENTICATION";
const sampleOf = (text, name) => text.samples?.find((one, at) => one.name === name || (!one.name && String(at + 1) === name))?.text ?? "";
const sample = (name, text) => (field("format").value === "NAMED" || page.dataset.twilio !== undefined ? { name, text } : { text });

const PARTS = { quick_reply: ["text"], url: ["text", "url", "sample"], phone: ["text", "number"], copy_code: ["sample"] };

function buttonOf(row) {
  const parts = PARTS[row.kind];
  if (!parts) return row.kept;
  return { button: row.kind, ...Object.fromEntries(parts.map((part) => [part, row.querySelector(`[data-b="${part}"]`).value.trim()])) };
}

function read() {
  const before = model.definition;
  const kind = field("header").value;
  const headers = {
    none: null,
    text: () => {
      const text = field("header-text").value;
      const place = places(text)[0];
      return { header: "text", text, ...(place && field("header-sample").value && { samples: [sample(place, field("header-sample").value)] }) };
    },
    location: () => ({ header: "location" }),
  };
  const file = () => {
    const url = field("header-url")?.value || (before.header?.header === kind && before.header.sample) || field("header-file")?.handle;
    return { header: kind, ...(url && { sample: url }) };
  };
  const header = kind in headers ? headers[kind]?.() : file();
  const samples = [...byId("samples").querySelectorAll("input")].map((one) => sample(one.dataset.place, one.value.trim()));
  const code = { warning: field("code-warning").checked, minutes: Number(field("code-minutes").value) || null };
  const definition = isCode()
    ? { code, buttons: before.buttons?.some((one) => one.button === "one_time_code") ? before.buttons : [{ button: "one_time_code", how: "COPY_CODE" }] }
    : { ...before, code: null, header, body: { text: words().trim(), samples }, footer: field("footer").value.trim() || null, buttons: [...byId("buttons").children].map(buttonOf) };
  return {
    id: page.dataset.id,
    name: field("name").value.trim(),
    language: field("language").value,
    category: field("category").value,
    format: field("format").value,
    ttl_seconds: model.ttl_seconds ?? null,
    definition,
  };
}

function addButton(button, focus) {
  const row = copy("button-row");
  row.kind = button.button;
  row.kept = button;
  row.querySelector(".pill").textContent = byId("kinds").content.querySelector(`[data-k="${row.kind}"]`)?.textContent ?? row.kind;
  for (const input of row.querySelectorAll("[data-b]")) {
    input.hidden = !PARTS[row.kind]?.includes(input.dataset.b);
    input.value = button[input.dataset.b] ?? "";
  }
  if (!PARTS[row.kind]) row.querySelector(".pill").append(` ${button.text ?? button.label ?? ""}`);
  byId("buttons").append(row);
  if (focus) row.querySelector("input:not([hidden])")?.focus();
}

function drawSamples() {
  const box = byId("samples");
  const have = new Map([...box.querySelectorAll("input")].map((one) => [one.dataset.place, one.value]));
  let names = places(words());
  if (names.every((name) => /^\d+$/.test(name))) names = names.sort((a, b) => a - b);
  if (names.join() === [...have.keys()].join()) return;
  for (const row of box.querySelectorAll(".vars-r")) row.remove();
  for (const name of names) {
    const row = copy("sample-row");
    row.firstElementChild.textContent = `{{${name}}}`;
    const input = row.querySelector("input");
    input.dataset.place = name;
    input.value = have.get(name) ?? sampleOf(model.definition.body ?? {}, name);
    box.append(row);
  }
  box.hidden = names.length === 0;
}

function preview(draft) {
  const { definition } = draft;
  const filled = (words) => (words?.text ?? "").replace(/\{\{([^{}]*)\}\}/g, (whole, name) => sampleOf(words, name) || whole);
  const header = definition.header;
  byId("p-header").textContent = header?.header === "text" ? filled(header) : "";
  const file = byId("p-file");
  file.hidden = !header || header.header === "text";
  if (!file.hidden) file.textContent = form.querySelector(`[name="header"][value="${header.header}"] + span`)?.textContent ?? "";
  byId("p-body").textContent = isCode() ? byId("p-body").dataset.code : filled(definition.body);
  byId("p-footer").textContent = definition.footer ?? "";
  byId("p-buttons").replaceChildren(
    ...definition.buttons.map((button) => {
      const line = Object.assign(document.createElement("div"), { className: "wa-btn" });
      line.textContent = button.text || byId("kinds").content.querySelector(`[data-k="${button.button}"]`)?.textContent;
      return line;
    }),
  );
}

const size = (text) => [...text].length;
function counted(element, text, limit) {
  element.textContent = `${size(text)}/${limit}`;
  element.classList.toggle("bad-t", size(text) > limit);
}

function draw() {
  const code = isCode();
  for (const part of form.querySelectorAll("[data-for]")) part.hidden = (part.dataset.for === "code") !== code;
  for (const about of form.querySelectorAll("[data-about]")) about.hidden = about.dataset.about !== field("category").value;
  const kind = field("header").value;
  for (const part of form.querySelectorAll("div[data-header]")) part.hidden = part.dataset.header !== (["text", "none", "location"].includes(kind) ? kind : "file");
  form.querySelector("[data-header-sample]").hidden = places(field("header-text").value).length === 0;
  drawSamples();
  for (const input of form.querySelectorAll("input[data-limit]")) {
    const count = input.parentElement.querySelector("[data-count]");
    if (count && !input.hidden) counted(count, input.value, Number(input.dataset.limit));
  }
  counted(form.querySelector('[data-count-of="body"]'), words().trim(), Number(field("body").dataset.limit));
  const draft = read();
  for (const row of byId("buttons").children) {
    const sampled = row.querySelector('[data-b="sample"]');
    if (row.kind === "url") sampled.hidden = !row.querySelector('[data-b="url"]').value.includes("{{");
  }
  preview(draft);
  return draft;
}

function showFlaws(flaws) {
  for (const element of form.querySelectorAll(".flaw")) element.textContent = "";
  for (const { spot, at, text } of flaws) {
    const place = spot.startsWith("button") && spot !== "buttons" ? byId("buttons").children[at]?.querySelector(".flaw") : form.querySelector(`[data-flaw="${spot === "sample" ? "body" : spot}"]`);
    if (place && spot !== "sample") place.textContent = place.textContent || text;
  }
  byId("flaws")?.replaceChildren(
    ...flaws.map(({ where, text, blocks }) => Object.assign(document.createElement("li"), { textContent: `${where}: ${text}`, className: blocks ? "bad-t" : "warn-t" })),
  );
  if (byId("no-flaws")) byId("no-flaws").hidden = flaws.length > 0;
}

async function check() {
  const mine = ++asking;
  const said = await ask("/check", json(draw()));
  if (said && mine === asking) showFlaws(said.flaws);
}

function changed() {
  dirty = true;
  draw();
  clearTimeout(timer);
  timer = setTimeout(check, 500);
}

let saving = null;
/** Save; asked for twice at once it is done once. */
const save = () => (saving ??= store().finally(() => (saving = null)));
async function store() {
  // What is typed meanwhile is not saved.
  dirty = false;
  const said = await ask("", json(draw()));
  if (!said) {
    dirty = true;
    return false;
  }
  if (!page.dataset.id) history.replaceState(null, "", `${page.dataset.base}/${said.id}`);
  page.dataset.id = said.id;
  byId("saved").hidden = false;
  return true;
}

async function then(path, method, next) {
  if (!(await ask(`/${page.dataset.id}${path}`, {}, method))) return;
  dirty = false;
  location.assign(next);
}

if (page) {
  model = JSON.parse(byId("model").textContent);
  const { definition } = model;
  const header = definition.header;
  for (const radio of form.querySelectorAll('[name="header"]')) radio.checked = radio.value === (header?.header ?? "none");
  for (const radio of form.querySelectorAll('[name="format"]')) radio.checked = radio.value === model.format;
  field("header-text").value = header?.text ?? "";
  field("header-sample").value = header?.samples?.[0]?.text ?? "";
  if (field("header-url")) field("header-url").value = header?.sample ?? "";
  field("body").value = definition.body?.text ?? "";
  field("footer").value = definition.footer ?? "";
  field("code-warning").checked = definition.code?.warning ?? true;
  field("code-minutes").value = definition.code?.minutes ?? 10;
  for (const button of definition.buttons ?? []) addButton(button);
  draw();
  if ("edit" in page.dataset && page.dataset.id) check();

  form.addEventListener("input", changed);
  form.addEventListener("submit", (event) => event.preventDefault());
  field("header-file")?.addEventListener("change", async ({ target }) => {
    const [file] = target.files;
    if (!file) return;
    byId("file-ok").hidden = true;
    const query = new URLSearchParams({ name: file.name, type: file.type });
    const said = await ask(`/sample?${query}`, file);
    if (!said) return;
    target.handle = said.handle;
    model.definition.header = { header: field("header").value, sample: said.handle };
    byId("file-ok").hidden = false;
    changed();
  });
  addEventListener("beforeunload", (event) => dirty && event.preventDefault());

  act("tpl-place", () => {
    const box = field("body");
    const numbers = places(box.value).map(Number).filter(Boolean);
    const next = Math.max(0, ...numbers) + 1;
    box.setRangeText(`{{${field("format").value === "NAMED" ? `variable_${places(box.value).length + 1}` : next}}}`, box.selectionStart, box.selectionEnd, "end");
    box.focus();
    changed();
  });
  act("tpl-add", () => {
    addButton({ button: byId("new-button").value }, true);
    changed();
  });
  act("tpl-remove", (button) => {
    button.closest("#buttons > *").remove();
    changed();
  });
  act("tpl-save", save);
  act("tpl-submit", async (button) => {
    button.disabled = true;
    if (!("edit" in page.dataset) || (await save())) await then("/submit", "POST", page.dataset.base);
    button.disabled = false;
  });
  act("tpl-unpause", () => then("/unpause", "POST", location.href));
  act("tpl-discard", () => then("/discard", "POST", location.href));
  act("tpl-delete", () => byId("delete").showModal());
  act("tpl-delete-no", () => byId("delete").close());
  act("tpl-delete-yes", () => {
    byId("delete").close();
    then("", "DELETE", page.dataset.base);
  });
}
