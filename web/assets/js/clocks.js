// All times and clocks of the page, in the viewer's zone and language. The server never pushes a clock.
import { fragment } from "./patch.js";
import { lang, t, zone } from "./words.js";

const format = (options) => new Intl.DateTimeFormat(lang, { timeZone: zone, ...options });
const hours = format({ hour: "numeric", minute: "2-digit", hourCycle: "h23" });
const clock = { format: (time) => hours.format(time).replace(/^0(?=\d)/, "") };
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const weekday = format({ weekday: "short" });
const shortDate = format({ day: "numeric", month: "short" });
const longDate = format({ day: "numeric", month: "long", year: "numeric" });
const fullDay = format({ weekday: "long", day: "numeric", month: "long" });
const calendar = new Intl.DateTimeFormat("sv", { timeZone: zone });
const DAY = 86_400_000;

// How far this machine's clock is ahead: people's clocks go wrong, and what is due is due by the server's. The page says
// when it was drawn, the line when it speaks; a second more or less is the way of the word.
const came = performance.getEntriesByType("navigation")[0]?.responseStart || performance.now();
let ahead = Date.now() - performance.now() + came - (Number(document.body.dataset.now) || Date.now() - performance.now() + came);
document.addEventListener("server-says", ({ detail }) => {
  const heard = Date.now() - detail;
  if (Math.abs(heard - ahead) > 1500) ahead = heard;
});

/** What time it is, by the server's clock. */
export const now = () => Date.now() - ahead;

/** The viewer's calendar day of a time, as `2026-11-20`. */
export const dayOf = (time) => calendar.format(new Date(time));

/** The name of a day for a separator. */
export function dayName(time, today = now()) {
  if (dayOf(time) === dayOf(today)) return t("today");
  if (dayOf(time) === dayOf(today - DAY)) return t("yesterday");
  return capital(fullDay.format(new Date(time)));
}

function when(time, now) {
  if (dayOf(time) === dayOf(now)) return clock.format(time);
  if (dayOf(time) === dayOf(now - DAY)) return t("yesterday");
  return now - time < 6 * DAY ? capital(weekday.format(time)) : shortDate.format(time);
}

/** A moment to come: the hour, and the day if that is another one. */
export function moment(time, from = now()) {
  const at = new Date(time);
  if (dayOf(time) === dayOf(from)) return clock.format(at);
  return `${time - from < 6 * DAY ? weekday.format(at) : shortDate.format(at)} ${clock.format(at)}`;
}

/** A length of time as a stopwatch: 0:08, 12:34, 1:02:05. */
export function length(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(seconds / 60) % 60;
  const hours = Math.floor(seconds / 3600);
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** A length of time in words: 21 h 58 min, 52 min, 40 s. */
export function inWords(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  if (seconds < 60) return t("seconds", { n: seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return t("minutes", { n: minutes });
  return t("hours-minutes", { h: Math.floor(minutes / 60), m: minutes % 60 });
}

const HOUR = 3_600_000;
const MINUTE = 60_000;
/** Set what is not so already: a thousand rows are drawn each second, and what is set again is styled again. */
export const set = (element, name, value) => element[name] === value || (element[name] = value);

/** Write text, into the node that is there: another node would be looked at by every rule about what a page has. */
export function write(element, text) {
  const { firstChild, lastChild } = element;
  if (firstChild?.nodeType === Node.TEXT_NODE && firstChild === lastChild) set(firstChild, "data", text);
  else set(element, "textContent", text);
}

function draw(root, now) {
  for (const element of root.querySelectorAll("time[data-f]")) {
    const time = new Date(element.dateTime);
    if (Number.isNaN(time.getTime())) continue;
    const kind = element.dataset.f;
    write(element, kind === "clock" ? clock.format(time) : kind === "day" ? longDate.format(time) : kind === "moment" ? moment(time, now) : when(time, now));
    element.title ||= `${longDate.format(time)}, ${clock.format(time)}`;
  }
  drawClocks(root, now);
}

// A wait turns amber and red at its queue's thresholds.
function light(element, waited) {
  const [amber, red] = element.dataset.lights.split(" ").map((seconds) => seconds * 1000);
  element.parentElement.classList.toggle("warn", waited >= amber && waited < red);
  element.parentElement.classList.toggle("bad", waited >= red);
}

function drawClocks(root, now) {
  for (const element of root.querySelectorAll("[data-since]")) {
    const waited = now - Date.parse(element.dataset.since);
    write(element, waited < HOUR ? length(waited) : inWords(waited));
    if (element.dataset.lights) light(element, waited);
  }
  for (const element of root.querySelectorAll("[data-ends]")) {
    const left = Date.parse(element.dataset.ends) - now;
    set(element.closest("[data-while]") ?? element, "hidden", left <= 0);
    write(element, length(left + 999));
  }
  for (const element of root.querySelectorAll("[data-over]")) {
    const over = now - Date.parse(element.dataset.over);
    set(element, "hidden", over <= 0);
    if (over > 0) write(element, t("over-by", { n: inWords(over) }));
  }
  for (const element of root.querySelectorAll("[data-free]")) {
    const left = Date.parse(element.dataset.free) - now;
    write(element, left > 0 ? t("free-in", { n: inWords(Math.ceil(left / MINUTE) * MINUTE) }) : t("free-soon"));
  }
  for (const element of root.querySelectorAll(".win[data-until]")) {
    const left = element.closest("li").dataset.win * 1000 - now;
    set(element, "hidden", left >= HOUR);
    if (element.hidden) continue;
    element.classList.toggle("soon", left > 0);
    element.classList.toggle("shut", left <= 0);
    if (!element.firstChild) element.append(fragment('<svg class="i" aria-hidden="true"><use/></svg><span></span>'));
    set(element.querySelector("use").href, "baseVal", left > 0 ? "#i-clock" : "#i-lock");
    write(element.lastElementChild, left > 0 ? t("closes-in", { n: inWords(left) }) : t("window-closed"));
  }
}

draw(document, now());
for (const event of ["patched", "drawn"]) {
  document.addEventListener(event, ({ detail }) => {
    for (const element of detail) draw(element, now());
  });
}
let today = dayOf(now());
setInterval(() => {
  const time = now();
  if (document.hidden) return;
  drawClocks(document, time);
  if (dayOf(time) !== today) {
    today = dayOf(time);
    draw(document, time);
  }
  document.dispatchEvent(new CustomEvent("second", { detail: time }));
}, 1000);
document.addEventListener("visibilitychange", () => document.hidden || draw(document, now()));
