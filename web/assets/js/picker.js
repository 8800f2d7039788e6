// Templates in the composer: choose, fill, send.
import { act } from "./act.js";
import { now } from "./clocks.js";
import { hold, when } from "./keys.js";
import { post } from "./outbox.js";
import { openConversation } from "./panes.js";
import { fragment } from "./patch.js";
import { plain } from "./plain.js";
import { get } from "./send.js";

const byId = (id) => document.getElementById(id);
const inputs = () => [...byId("pick-values").querySelectorAll("input")];
const chosen = () => document.querySelector('#pick-list input:checked');
let again = 0;
// What was filled in and not sent, by conversation: its template, and the values of each by their places.
const begun = new Map();
const placeOf = ({ dataset, name }) => `${dataset.part} ${name}`;

function remember() {
  const conv = openConversation();
  const template = chosen()?.value;
  if (!template) return;
  const { values } = begun.get(conv) ?? { values: {} };
  values[template] = Object.fromEntries(inputs().map((input) => [placeOf(input), input.value]));
  begun.set(conv, { template, values });
}
function restore() {
  const { template } = begun.get(openConversation()) ?? {};
  const radio = template && document.querySelector(`#pick-list input[value="${template}"]`);
  if (!radio) return;
  radio.checked = true;
  choose(radio.closest(".tpl-opt"));
}

async function load() {
  const slot = byId("pick-slot");
  if (!slot || slot.dataset.loaded || Date.now() < again) return;
  slot.dataset.loaded = "yes";
  const answer = await get(`/conversations/${openConversation()}/templates`);
  if (answer.ok) {
    slot.replaceChildren(fragment(answer.text));
    return restore();
  }
  // Not each second.
  again = Date.now() + 10_000;
  delete slot.dataset.loaded;
}
const needed = () => byId("dock")?.dataset.mode === "closed" && load();

function fill(element, value) {
  element.source ??= element.textContent;
  element.replaceChildren();
  element.source.split(/(\{\{[^{}]*\}\})/).forEach((part, at) => {
    if (at % 2 === 0) return element.append(part);
    const place = document.createElement("span");
    place.className = "var";
    place.textContent = value(part.slice(2, -2)) || part;
    element.append(place);
  });
}

function draw() {
  const all = inputs();
  for (const element of byId("pick-preview").querySelectorAll("[data-part]")) {
    const own = all.filter((input) => input.dataset.part === element.dataset.part);
    fill(element, (name) => own.find((input) => input.name === name)?.value.trim());
  }
  const lacks = all.some((input) => !input.value.trim());
  for (const name of ["pick-send", "pick-later"]) document.querySelector(`[data-act="${name}"]`).disabled = !chosen() || lacks;
  const why = byId("pick-why");
  const words = lacks ? why.dataset.fill : "";
  if (why.textContent !== words) why.textContent = words;
}

// What it costs now: after the end of the reply window it is another price.
function drawCost() {
  const cost = byId("pick-cost");
  const option = chosen()?.closest(".tpl-opt").dataset;
  if (!cost || !option) return;
  const { window, until } = byId(`state-${openConversation()}`)?.dataset ?? {};
  const open = window === "open" && Date.parse(until) > now();
  const told = open ? [option.cost, option.about] : [option.costAfter, option.aboutAfter];
  told.forEach((words = "", at) => cost.children[at].textContent !== words && (cost.children[at].textContent = words));
}

function choose(option) {
  drawCost();
  byId("pick-hint").hidden = true;
  byId("pick-preview").hidden = false;
  byId("pick-preview").replaceChildren(option.querySelector("template").content.cloneNode(true));
  const kept = begun.get(openConversation())?.values[chosen().value] ?? {};
  byId("pick-values").replaceChildren(
    ...JSON.parse(option.dataset.fields).map(({ part, name, label, value, most }) => {
      const field = Object.assign(document.createElement("label"), { className: "field", textContent: label });
      const input = Object.assign(document.createElement("input"), { className: "input", name, value, maxLength: most });
      input.dataset.part = part;
      input.value = kept[placeOf(input)] ?? value;
      input.dir = "auto";
      field.append(input);
      return field;
    }),
  );
  draw();
}

function header(value) {
  const file = inputs().find((input) => input.dataset.part === "file");
  if (value("header")) return { header: "text", text: value("header") };
  if (file) return { header: file.name, url: file.value.trim() };
  if (value("latitude")) return { header: "location", latitude: value("latitude"), longitude: value("longitude"), name: value("place"), address: value("address") };
}

function filled() {
  const { value: template, dataset } = chosen();
  const of = (part) => inputs().filter((input) => input.dataset.part === part);
  const head = header((part) => of(part)[0]?.value.trim());
  const text = byId("pick-preview").querySelector('[data-part="body"]').textContent;
  return {
    kind: "template",
    template,
    name: dataset.name,
    language: dataset.language,
    ...(head && { header: head }),
    body: of("body").map((input) => ({ name: input.name, text: input.value.trim() })),
    buttons: of("button").map((input) => ({ index: Number(input.name), kind: "url", text: input.value.trim() })),
    shown: { body: text },
  };
}

function over(conv) {
  begun.delete(conv);
  if (conv !== openConversation()) return;
  delete byId("dock").dataset.pick;
  delete byId("pick-slot").dataset.loaded;
  load();
}

act("pick-send", (button) => {
  const content = filled();
  const conv = openConversation();
  if (!post(conv, content.shown.body, { content, again: () => button.click() })) return;
  // The second of two clicks sends nothing.
  button.disabled = true;
  over(conv);
});
act("pick-later", () => {
  const conv = openConversation();
  const contents = [filled()];
  when(import("./later.js"), ({ later }, wanted) => later(conv, contents, { template: true, wanted, done: () => over(conv) }));
});
act("pick", () => {
  const dock = byId("dock");
  dock.dataset.pick = "";
  hold(async (wanted) => {
    await load();
    if (!wanted()) delete dock.dataset.pick;
    else if (dock.isConnected) byId("pick-search")?.focus();
  });
});
function shut() {
  delete byId("dock").dataset.pick;
  byId("draft")?.focus();
}
act("pick-close", shut);
// Where it was opened by hand Esc goes back to the draft; outside of the window there is none to go to.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || !event.target.closest?.('#dock[data-mode="open"][data-pick] .dock-closed')) return;
  event.preventDefault();
  shut();
});

document.addEventListener("input", ({ target }) => {
  if (target.id === "pick-search") {
    const wanted = plain(target.value.trim());
    for (const option of document.querySelectorAll("#pick-list .tpl-opt")) option.hidden = !plain(`${option.textContent} ${option.querySelector("template").content.textContent}`).includes(wanted);
  } else if (target.name === "template" && target.closest("#pick-list")) {
    choose(target.closest(".tpl-opt"));
    remember();
  } else if (target.closest?.("#pick-values")) {
    remember();
    draw();
  }
});
for (const name of ["opened", "patched", "second"]) document.addEventListener(name, needed);
document.addEventListener("second", drawCost);
needed();
