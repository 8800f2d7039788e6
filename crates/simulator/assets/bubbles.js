// How a message looks on the customer's phone. Everything a vendor or a person wrote becomes text, never markup.

const SVG = "http://www.w3.org/2000/svg";
export const FACES = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

/** An element with attributes and children; text children are text. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}

/** A symbol of the page's sprite. */
export function icon(name, more = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `i ${more}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

export const clock = (at, language) =>
  new Date(at).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hour12: false });

/** The bubble of a message with its buttons; nothing while it is not on the phone yet. */
export function bubble(message, context) {
  const { words, language } = context;
  if (!message.me && ["pending", "sent"].includes(message.state)) return [];
  if (message.state === "failed") return [el("div", { class: "wa-lost", "data-id": message.id }, words.lost)];
  const card = message.revoked ? { kind: "text", text: words.revoked } : message.card;
  const body = el("div", { class: `wa-msg${message.me ? " me" : ""}${wide(card) ? " wide" : ""}`, "data-id": message.id });
  if (message.quote) body.append(el("span", { class: "quote" }, context.text(message.quote)));
  body.append(...content(card, context), time(message, words, language));
  for (const face of [message.reaction, message.their_reaction]) {
    if (face) body.append(el("span", { class: "reacted" }, face));
  }
  const row = el("div", { class: `wa-row${message.me ? " mine" : ""}` }, body);
  if (!message.me && context.can.react) row.append(actions(message, context));
  if (message.me && context.can.react && !message.revoked) row.prepend(ownActions(message, context));
  return [row, ...choices(message, context)];
}

const wide = (card) => ["template", "interactive"].includes(card.kind);

function time(message, words, language) {
  const edited = message.edited && !message.revoked ? `${words.edited} ` : "";
  const element = el("time", { datetime: message.at }, edited + clock(message.at, language));
  if (!message.me) return element;
  const ticks = { pending: "", sent: " ✓", delivered: " ✓✓", read: " ✓✓" }[message.state];
  element.append(
    el("span", { class: message.state === "read" ? "read" : undefined, "aria-hidden": "true" }, ticks),
    el("span", { class: "vh" }, ` ${words[message.state]}`),
  );
  return element;
}

function content(card, { words }) {
  const text = card.text ? [el("span", {}, card.text)] : [];
  switch (card.kind) {
    case "image":
    case "sticker":
      return [card.src ? el("img", { src: card.src, alt: card.text || words.image, class: card.kind === "sticker" ? "sticker" : undefined }) : "…", ...text];
    case "video":
      return [el("video", { src: card.src, controls: true }), ...text];
    case "audio":
      return [voice(card.src, words)];
    case "document":
      return [el("a", { class: "doc", href: card.src ?? "#", download: card.name ?? "" }, icon("file-text"), card.name ?? "PDF"), ...text];
    case "location": {
      const place = [card.name, card.address].filter(Boolean).join(", ");
      return [el("span", { class: "place" }, icon("map-pin"), place || `${card.latitude}, ${card.longitude}`)];
    }
    case "contacts":
      return [el("span", { class: "place" }, icon("user-round"), card.text)];
    case "template":
    case "interactive":
      return [
        ...headerMedia(card, words),
        card.header ? el("b", {}, card.header) : undefined,
        ...text,
        card.footer ? el("span", { class: "wa-foot" }, card.footer) : undefined,
      ].filter(Boolean);
    default:
      return text.length ? text : ["…"];
  }
}

/** The picture, film or document above a template or a message with buttons. */
function headerMedia(card, words) {
  if (!card.media) return [];
  if (!card.src) return [el("span", { class: "doc" }, icon("file-text"), card.media)];
  if (card.media === "image") return [el("img", { src: card.src, alt: words.image })];
  if (card.media === "video") return [el("video", { src: card.src, controls: true })];
  return [el("a", { class: "doc", href: card.src, download: "" }, icon("file-text"), "PDF")];
}

function voice(src, words) {
  const sound = new Audio();
  sound.preload = "none";
  if (src) sound.src = src;
  const button = el("button", { type: "button", class: "play", "aria-label": words.play }, icon("play", "s fill"));
  const say = () => button.setAttribute("aria-label", sound.paused ? words.play : words.pause);
  button.addEventListener("click", () => (sound.paused ? sound.play().catch(say) : sound.pause()));
  for (const event of ["play", "pause", "ended"]) sound.addEventListener(event, say);
  const wave = document.createElementNS(SVG, "svg");
  wave.setAttribute("class", "wave");
  wave.setAttribute("viewBox", "0 0 102 24");
  wave.setAttribute("preserveAspectRatio", "none");
  wave.setAttribute("aria-hidden", "true");
  for (let bar = 0; bar < 34; bar += 1) {
    const height = 4 + Math.abs(Math.sin(bar * 1.7) * Math.cos(bar * 0.6)) * 16;
    const rect = document.createElementNS(SVG, "rect");
    const shape = { x: bar * 3, y: 12 - height / 2, width: 1.6, height, rx: 0.8, fill: "currentColor" };
    for (const [key, value] of Object.entries(shape)) rect.setAttribute(key, value);
    wave.append(rect);
  }
  return el("div", { class: "audio" }, button, wave);
}

function actions(message, { words, react, quote }) {
  const open = el("button", { type: "button", class: "btn ghost icon sm", "aria-label": words.react, "aria-expanded": "false" }, icon("smile", "s"));
  const answer = el("button", { type: "button", class: "btn ghost icon sm", "aria-label": words.answer, onclick: () => quote(message) }, icon("reply", "s"));
  open.addEventListener("click", () => {
    const row = open.closest(".wa-row");
    const shown = row.nextElementSibling;
    if (shown?.classList.contains("reactions")) {
      shown.remove();
      open.setAttribute("aria-expanded", "false");
      return;
    }
    const face = (symbol) => el("button", {
      type: "button", "aria-label": `${words.react} ${symbol}`, "aria-pressed": String(message.reaction === symbol),
      onclick: () => react(message, message.reaction === symbol ? undefined : symbol),
    }, symbol);
    row.after(el("div", { class: "reactions", role: "group", "aria-label": words.react }, ...FACES.map(face)));
    open.setAttribute("aria-expanded", "true");
    row.nextElementSibling.querySelector("button").focus();
  });
  return el("div", { class: "wa-acts" }, open, answer);
}

/** What customers can do with their own messages: change the words, or take them back. */
function ownActions(message, { words, change, takeBack }) {
  const all = [];
  if (message.card.kind === "text" && !message.card.tapped) {
    all.push(el("button", { type: "button", class: "btn ghost icon sm", "aria-label": words.edit, onclick: () => change(message) }, icon("pencil", "s")));
  }
  all.push(el("button", { type: "button", class: "btn ghost icon sm", "aria-label": words.take_back, onclick: () => takeBack(message) }, icon("trash-2", "s")));
  return el("div", { class: "wa-acts" }, ...all);
}

/** Buttons, list rows and links under a message of the business. */
function choices(message, { choose }) {
  const card = message.card;
  const all = [...(card.buttons ?? []), ...(card.rows ?? [])];
  const tap = (choice) => el("button", { type: "button", class: "wa-btn", onclick: () => choose(message, choice) },
    icon(choice.as === "location" ? "map-pin" : "reply", "s"), choice.title,
    choice.description ? el("span", { class: "sub" }, choice.description) : undefined);
  const link = [...(card.link ? [card.link] : []), ...(card.links ?? [])].map((one) =>
    el("a", { class: "wa-btn", href: /^(https?|tel):/.test(one.url) ? one.url : "#", rel: "noreferrer", target: "_blank" }, icon("external-link", "s"), one.title));
  return [...all.map(tap), ...link];
}
