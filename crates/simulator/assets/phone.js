// The phone page: a person plays the customers. One stream of frames, one way to send.

import { FACES, bubble, clock, el, icon } from "./bubbles.js";
import { lines, speak } from "./words.js";

const at = (id) => document.getElementById(id);
const stored = (key, otherwise) => localStorage.getItem(key) ?? otherwise;
const HUES = [342, 140, 195, 165, 38];
const KEPT = 300;
const FAULTS = {
  slow: ["status_delay_ms", 3000, 0], fail: ["fail_delivery_code", 131026, null], repeat: ["duplicate", 1, 0],
  disorder: ["reorder_statuses", true, false], block: ["block", true, false],
  silent: ["timeout_after_accept", 1, 0], broken: ["status_500", 1, 0],
};
const KINDS = { in: "ok", out: "accent", status: "info", repeat: "", read: "info", typing: "accent", verify: "info", refused: "bad", failed: "bad", lost: "warn", time: "", faults: "", code: "warn" };

const world = { channels: [], customers: [], faults: {}, moved: 0, bubbles: new Map(), unread: new Set(), events: [], quote: null, editing: null, window: null };
let words = speak(stored("language", "es"));
let source;
let typing;

// ------------------------------------------------------------------ talking to the simulator

async function call(path, body) {
  const response = await fetch(path, body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok && answer.error) throw new Error(answer.error);
  return { ok: response.ok, answer };
}

function say(text) {
  at("say").textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { at("say").textContent = ""; }, 4000);
}

/** The customer writes, in Meta's own shape; the simulator translates for Twilio. */
async function write(message, more = {}) {
  const { customer, channel } = world;
  const quoted = world.quote && !message.context ? { context: { id: world.quote.id } } : {};
  unquote();
  try {
    const { ok } = await call("/control/inbound", { channel: channel.id, from: customer.key, name: customer.name, message: { ...message, ...quoted }, ...more });
    if (!ok) say(words.not_sent);
    return ok;
  } catch (error) {
    say(words.refused + error.message);
    return false;
  }
}

const writeText = (body) => write({ type: "text", text: { body } });

async function upload(blob, name) {
  const response = await fetch(`/phone/media?name=${encodeURIComponent(name)}`, { method: "POST", headers: { "content-type": blob.type || "application/octet-stream" }, body: blob });
  return (await response.json()).id;
}

async function writeFile(blob, name, more = {}, as = undefined) {
  const kind = as ?? ["image", "audio", "video"].find((known) => blob.type.startsWith(`${known}/`)) ?? "document";
  return write({ type: kind, [kind]: { id: await upload(blob, name), ...more } });
}

async function ready(name, type) {
  const bytes = await (await fetch(`/phone/assets/${name}`)).arrayBuffer();
  return new Blob([bytes], { type });
}

const attach = {
  file: () => at("file").click(),
  photo: async () => writeFile(await ready("photo.jpg", "image/jpeg"), "radiografia.jpg"),
  voice: async () => writeFile(await ready("voice.ogg", "audio/ogg; codecs=opus"), "voz.ogg", world.channel.kind === "cloud" ? { voice: true } : {}),
  location: () => write({ type: "location", location: { latitude: -12.1321, longitude: -77.0302, name: "Parque Kennedy", address: "Miraflores, Lima" } }),
  sticker: async () => writeFile(await ready("sticker.webp", "image/webp"), "sticker.webp", {}, "sticker"),
  video: async () => writeFile(await ready("clip.mp4", "video/mp4"), "video.mp4"),
  document: async () => writeFile(await ready("quote.pdf", "application/pdf"), "presupuesto.pdf", { filename: "presupuesto.pdf" }),
  contact: () => write({ type: "contacts", contacts: [{ name: { formatted_name: "Rosa Fernández", first_name: "Rosa" }, phones: [{ phone: "+51 944 120 377", type: "CELL" }] }] }),
  // What a form of the business brings back when it is filled in; its questions have only keys.
  form: () => write({ type: "interactive", interactive: { type: "nfm_reply", nfm_reply: { name: "flow", body: "Formulario enviado", response_json: JSON.stringify({ flow_token: "cita", motivo: "Dolor en muela inferior derecha", sede: "Miraflores", preferencia: "Sábado por la mañana", seguro: "Rímac EPS" }) } } }),
};

function choose(message, choice) {
  const context = { context: { id: message.id } };
  if (choice.as === "location") return attach.location();
  if (choice.as === "contact") return write({ type: "contacts", contacts: [{ name: { formatted_name: world.customer.name, first_name: world.customer.name.split(" ")[0] }, phones: [{ phone: `+${world.customer.phone ?? ""}`, type: "CELL" }], origin: "contact_request" }], ...context });
  if (choice.as === "flow") return write({ type: "interactive", interactive: { type: "nfm_reply", nfm_reply: { name: "flow", body: "Formulario enviado", response_json: JSON.stringify({ flow_token: "t1" }) } }, ...context });
  if (choice.as === "button") return write({ type: "button", button: { payload: choice.payload, text: choice.title }, ...context });
  const reply = { id: choice.id, title: choice.title, ...(choice.description ? { description: choice.description } : {}) };
  return write({ type: "interactive", interactive: { type: choice.as, [choice.as]: reply }, ...context });
}

/** New words for a message of the customer's: written in the field, sent with the button. */
function change(message) {
  world.editing = message;
  at("message").value = message.card.text ?? "";
  at("message").focus();
}

const takeBack = (message) => write({ type: "revoke", revoke: { original_message_id: message.id } });

const react = (message, emoji) => write({ type: "reaction", reaction: { message_id: message.id, ...(emoji ? { emoji } : {}) } });

// ------------------------------------------------------------------ scripts

const rest = (millis) => new Promise((done) => { setTimeout(done, millis); });
const own = () => lines[world.customer.key.startsWith("55") ? "pt" : "es"];

async function inTurn(texts) {
  for (const text of texts) {
    await writeText(text);
    await rest(900);
  }
}

const scripts = {
  appointment: () => inTurn(own().appointment),
  urgent: () => inTurn(own().urgent),
  photo: async () => {
    await writeFile(await ready("photo.jpg", "image/jpeg"), "radiografia.jpg", { caption: own().photo });
    await rest(700);
    await attach.voice();
  },
  burst: async () => {
    const text = own().burst;
    // Written one after the other without waiting for the inbox: they are all on their way at once.
    for (let number = 1; number <= 20; number += 1) await write({ type: "text", text: { body: text(number) } }, { wait_ms: 0 });
  },
  template: () => {
    const asked = [...world.bubbles.values()].filter((one) => !one.me && one.card.buttons?.length).at(-1);
    return asked ? choose(asked, asked.card.buttons[0]) : say(words.nothing_to_answer);
  },
  stop: async () => {
    await writeText(own().stop);
    if (world.channel.kind !== "cloud") return;
    const { user_id, phone } = world.customer;
    const who = { ...(phone ? { wa_id: phone } : {}), user_id };
    await call("/control/webhook", { channel: world.channel.id, field: "user_preferences", value: {
      contacts: [{ profile: { name: world.customer.name }, ...who }],
      user_preferences: [{ ...who, detail: "User requested to stop marketing messages", category: "marketing_messages", value: "stop", timestamp: Math.floor(Date.now() / 1000) }],
    } });
  },
};

// ------------------------------------------------------------------ the thread

const context = () => ({
  words, language: document.documentElement.lang, react, quote, choose, change, takeBack,
  can: { react: world.channel.kind === "cloud" },
  text: (id) => world.bubbles.get(id)?.card.text ?? "…",
});

function drawThread() {
  const thread = at("thread");
  const all = [...world.bubbles.values()];
  const shown = all.flatMap((one) => bubble(one, context()));
  const empty = el("p", { class: "wa-empty" }, words.empty);
  thread.replaceChildren(...(shown.length ? [el("div", { class: "wa-day" }, words.today), ...shown] : [empty]));
  if (typing) thread.append(typing);
  thread.scrollTop = thread.scrollHeight;
}

/** Put one bubble at its place: over its older self, or at the end. */
function put(message) {
  const thread = at("thread");
  const known = world.bubbles.has(message.id);
  world.bubbles.set(message.id, message);
  const here = thread.querySelector(`[data-id="${CSS.escape(message.id)}"]`);
  if (!here || !known) {
    if (!known && world.bubbles.size > 1 && thread.querySelector(".wa-row")) {
      const near = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 120;
      thread.append(...bubble(message, context()));
      if (typing) thread.append(typing);
      if (near || message.me) thread.scrollTop = thread.scrollHeight;
    } else drawThread();
    return;
  }
  const row = here.closest(".wa-row") ?? here;
  const [fresh] = bubble(message, context());
  if (fresh) {
    fresh.style.animation = "none";
    if (row.nextElementSibling?.classList.contains("reactions")) row.nextElementSibling.remove();
    row.replaceWith(fresh);
  }
}

function showTyping(on) {
  typing?.remove();
  clearTimeout(showTyping.timer);
  typing = on ? el("div", { class: "wa-typing", role: "img", "aria-label": words.typing }, el("i"), el("i"), el("i")) : undefined;
  if (!on) return;
  at("thread").append(typing);
  at("thread").scrollTop = at("thread").scrollHeight;
  showTyping.timer = setTimeout(() => showTyping(false), 25000);
}

function quote(message) {
  world.quote = message;
  at("quoting").hidden = false;
  at("quoting-text").textContent = message.card.text ?? "…";
  at("message").focus();
}

function unquote() {
  world.editing = null;
  world.quote = null;
  at("quoting").hidden = true;
}

async function readThread() {
  const { channel, customer } = world;
  const { answer } = await call(`/phone/thread?channel=${encodeURIComponent(channel.id)}&customer=${encodeURIComponent(customer.key)}`);
  if (channel !== world.channel || customer !== world.customer) return;
  world.bubbles = new Map(answer.bubbles.map((one) => [one.id, one]));
  world.moved = answer.moved_seconds;
  world.window = answer.window_seconds === null ? null : Date.now() + answer.window_seconds * 1000;
  drawThread();
  drawClock();
}

// ------------------------------------------------------------------ around the phone

function initials(name) {
  return name.split(/\s+/).slice(0, 2).map((word) => word[0]?.toUpperCase() ?? "").join("");
}

function grouped(phone) {
  return phone.startsWith("51") ? `+51 ${phone.slice(2, 5)} ${phone.slice(5, 8)} ${phone.slice(8)}` : `+${phone.slice(0, 2)} ${phone.slice(2, 4)} ${phone.slice(4)}`;
}

function drawCustomers() {
  const pick = (customer, index) => {
    const sub = customer.phone ? grouped(customer.phone) : customer.username ? `@${customer.username}` : words.hidden;
    return choice(customer.key, initials(customer.name), customer.name, sub, HUES[index % HUES.length], () => show(customer));
  };
  const fresh = choice("new", "+", words.new_customer, words.any_number, 38, () => show(stranger()));
  at("customers").replaceChildren(...world.customers.map(pick), fresh);
}

function choice(key, letters, name, sub, hue, act) {
  const sms = world.channel.kind === "sms";
  const badge = el("span", { class: `ch ${sms ? "wc" : "wa"}`, role: "img", "aria-label": sms ? "SMS" : "WhatsApp" }, mark(sms));
  const chosen = world.customer?.key === key;
  return el("button", { type: "button", class: "pick", "data-customer": key, "aria-pressed": String(chosen), onclick: act },
    el("span", { class: `av md hue-${hue}`, "data-i": letters }, badge),
    el("span", { class: "grow" }, el("span", { class: "medium" }, name), el("span", { class: "meta subtle num blk" }, sub)),
    world.unread.has(key) ? el("span", { class: "unread", role: "img", "aria-label": words.unread }) : undefined,
    chosen ? icon("check") : undefined);
}

function mark(sms) {
  const svg = icon(sms ? "message-square" : "whatsapp");
  if (!sms) {
    svg.removeAttribute("class");
    svg.firstChild.setAttribute("href", "#b-whatsapp");
  }
  return svg;
}

function stranger() {
  const phone = `519${String(Math.floor(Math.random() * 1e8)).padStart(8, "0")}`;
  const names = ["Rosa Medina", "Miguel Torres", "Carmen Salas", "Luis Paredes", "Elena Quiroz", "Andrés Vega"];
  const customer = { key: phone, phone, name: names[Math.floor(Math.random() * names.length)], user_id: "" };
  world.customers.push(customer);
  return customer;
}

function drawClock() {
  const language = document.documentElement.lang;
  const now = new Date(Date.now() + world.moved * 1000);
  const day = now.toLocaleDateString(language, { weekday: "short" }).replace(".", "");
  at("clock").textContent = `${day} ${clock(now, language)}`;
  at("ph-clock").textContent = clock(new Date(), language);
  const note = at("window");
  const left = world.window === null ? 0 : Math.floor((world.window - Date.now()) / 60000);
  note.toggleAttribute("data-open", left > 0);
  note.toggleAttribute("data-closed", left <= 0 && world.channel?.kind !== "sms");
  if (world.channel?.kind === "sms") note.textContent = words.window_sms;
  else note.textContent = left > 0 ? words.window_open(`${Math.floor(left / 60)} h ${left % 60} min`) : words.window_closed;
}

function drawFaults() {
  for (const box of document.querySelectorAll("[data-fault]")) {
    const [key, , off] = FAULTS[box.dataset.fault];
    box.checked = (world.faults[key] ?? off) !== off;
  }
}

async function setFault(name, on) {
  const [key, value, off] = FAULTS[name];
  world.faults = (await call("/control/faults", { ...world.faults, [key]: on ? value : off })).answer;
  drawFaults();
}

// ------------------------------------------------------------------ events

const second = (moment) => new Date(moment).toLocaleTimeString("es", { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });

function row(event) {
  return el("li", {}, el("button", { type: "button", class: "ev", "data-seq": event.seq, onclick: () => detail(event) },
    el("time", { class: "num", datetime: event.at }, second(event.at)),
    el("span", { class: `pill ${KINDS[event.kind] ?? ""}`.trim() }, words.kinds[event.kind] ?? event.kind),
    el("span", { class: "grow trunc", title: event.summary }, event.summary)));
}

function add(event) {
  world.events.push(event);
  at("events").prepend(row(event));
  while (world.events.length > KEPT) {
    world.events.shift();
    at("events").lastElementChild?.remove();
  }
}

function detail(event) {
  for (const button of document.querySelectorAll(".ev")) {
    button.toggleAttribute("aria-current", false);
    if (button.dataset.seq === String(event.seq)) button.setAttribute("aria-current", "true");
  }
  at("payload").hidden = false;
  at("payload-title").textContent = `${words.kinds[event.kind] ?? event.kind} ${second(event.at)}`;
  at("payload-text").textContent = JSON.stringify(event.detail, null, 2);
}

function clearEvents() {
  world.events = [];
  at("events").replaceChildren();
  at("payload").hidden = true;
}

// ------------------------------------------------------------------ live

const frames = {
  hello: () => Promise.all([readThread(), readEvents()]),
  event: ({ event }) => add(event),
  bubble: ({ channel, customer, bubble: message }) => {
    if (!message || channel !== world.channel.id) return;
    if (customer !== world.customer.key) {
      if (!message.me && !world.unread.has(customer)) {
        world.unread.add(customer);
        drawCustomers();
      }
      return;
    }
    if (!message.me) showTyping(false);
    else if (message.state !== "pending") readWindow();
    put(message);
  },
  typing: ({ channel, customer }) => {
    if (channel === world.channel.id && customer === world.customer.key) showTyping(true);
  },
  faults: ({ faults }) => {
    world.faults = faults;
    drawFaults();
  },
  time: () => readState().then(readThread),
  reset: () => {
    clearEvents();
    world.unread.clear();
    return readState().then(readThread);
  },
};

/** A customer's word opens the window: say so without asking again for every bubble of a burst. */
function readWindow() {
  world.window = Date.now() + 24 * 3600 * 1000;
  world.moved = 0;
  drawClock();
}

async function readEvents() {
  const last = world.events.at(-1)?.seq ?? 0;
  const { answer } = await call(`/control/events?after=${last}`);
  for (const event of answer.slice(-KEPT)) if (event.seq > (world.events.at(-1)?.seq ?? 0)) add(event);
}

function listen() {
  source?.close();
  const query = new URLSearchParams({ channel: world.channel.id, customer: world.customer.key });
  source = new EventSource(`/phone/live?${query}`);
  source.addEventListener("message", ({ data }) => {
    const frame = JSON.parse(data);
    frames[frame.frame]?.(frame);
  });
  const live = (on) => {
    at("live").toggleAttribute("data-off", !on);
    at("live").lastElementChild.textContent = on ? { es: "en vivo", pt: "ao vivo", en: "live" }[stored("language", "es")] : words.offline;
  };
  source.addEventListener("open", () => live(true));
  source.addEventListener("error", () => live(false));
}

async function readState() {
  const { answer } = await call("/phone/state");
  world.faults = answer.faults;
  world.channels = answer.channels;
  const met = world.customers.filter((one) => !answer.customers.some((known) => known.key === one.key));
  world.customers = [...answer.customers, ...met];
  for (const link of document.querySelectorAll("[data-inbox]")) link.href = answer.inbox + link.dataset.inbox;
  drawFaults();
}

function show(customer) {
  world.customer = customer;
  world.unread.delete(customer.key);
  unquote();
  showTyping(false);
  const pressed = document.activeElement?.dataset?.customer;
  drawCustomers();
  if (pressed) document.querySelector(`[data-customer="${CSS.escape(pressed === "new" ? customer.key : pressed)}"]`)?.focus();
  listen();
}

function showChannel(id) {
  world.channel = world.channels.find((channel) => channel.id === id) ?? world.channels[0];
  at("business").textContent = world.channel.business;
  const business = world.channel.business.split(/\s+/);
  at("business-initials").dataset.i = initials(`${business[0]} ${business.at(-1)}`);
  if (world.channel.kind === "sms" && !world.customer?.phone) world.customer = world.customers[0];
  show(world.customer ?? world.customers[0]);
}

// ------------------------------------------------------------------ hands on the page

at("writing").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = at("message").value;
  if (!text.trim()) return;
  at("message").value = "";
  const edited = world.editing;
  world.editing = null;
  if (edited) write({ type: "edit", edit: { original_message_id: edited.id, message: { type: "text", text: { body: text } } } });
  else writeText(text);
});

function tray(button, panel) {
  at(button).addEventListener("click", () => {
    const open = at(panel).hidden;
    at(panel).hidden = !open;
    at(button).setAttribute("aria-expanded", String(open));
    if (open) at(panel).querySelector("button").focus();
  });
  at(panel).addEventListener("keydown", (event) => {
    if (event.key === "Escape") fold(button, panel);
  });
}

function fold(button, panel) {
  at(panel).hidden = true;
  at(button).setAttribute("aria-expanded", "false");
  at("message").focus();
}

tray("emoji", "emoji-tray");
tray("attach", "attach-tray");
for (const face of [...FACES, "🙂", "🙌", "😟", "🦷"]) {
  at("emoji-tray").append(el("button", { type: "button", class: "face", "aria-label": face, onclick: () => {
    at("message").value += face;
    fold("emoji", "emoji-tray");
  } }, face));
}
for (const button of document.querySelectorAll("[data-attach]")) {
  button.addEventListener("click", () => {
    fold("attach", "attach-tray");
    attach[button.dataset.attach]();
  });
}
at("file").addEventListener("change", async () => {
  const [file] = at("file").files;
  if (file) await writeFile(file, file.name, file.type.startsWith("image/") || file.type.startsWith("audio/") ? {} : { filename: file.name });
  at("file").value = "";
});
for (const button of document.querySelectorAll("[data-script]")) button.addEventListener("click", () => scripts[button.dataset.script]());
for (const button of document.querySelectorAll("[data-advance]")) button.addEventListener("click", () => call("/control/time", { advance_seconds: Number(button.dataset.advance) }));
for (const box of document.querySelectorAll("[data-fault]")) box.addEventListener("change", () => setFault(box.dataset.fault, box.checked));
for (const button of document.querySelectorAll(".panes [data-pane]")) {
  button.addEventListener("click", () => {
    at("sim").dataset.shown = button.dataset.pane;
    for (const other of document.querySelectorAll(".panes [data-pane]")) other.setAttribute("aria-pressed", String(other === button));
    if (button.dataset.pane === "phone") at("thread").scrollTop = at("thread").scrollHeight;
  });
}
at("quoting-end").addEventListener("click", unquote);
at("clear").addEventListener("click", clearEvents);
at("reset").addEventListener("click", async () => {
  await call("/control/reset", {});
  say(words.reset);
});
at("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(at("payload-text").textContent);
  say(words.copied);
});
at("channel").addEventListener("change", () => showChannel(at("channel").value));
at("language").value = stored("language", "es");
at("language").addEventListener("change", () => {
  localStorage.setItem("language", at("language").value);
  words = speak(at("language").value);
  drawCustomers();
  drawThread();
  drawClock();
  at("events").replaceChildren(...world.events.map(row).reverse());
});

const theme = new URLSearchParams(location.search).get("theme");
if (["light", "dark"].includes(theme)) document.documentElement.dataset.theme = theme;

await readState();
at("channel").replaceChildren(...world.channels.map((channel) => el("option", { value: channel.id }, channel.name)));
showChannel(world.channels[0].id);
setInterval(drawClock, 10000);
document.documentElement.dataset.ready = "";
