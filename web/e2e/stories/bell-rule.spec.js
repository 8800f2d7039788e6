// When to ring: the decisions of the page, without a page.
import { readFile } from "node:fs/promises";

import { expect, test } from "@playwright/test";

// As a browser does: a module by its text, whatever Node thinks of the folder.
const text = await readFile(new URL("../../assets/js/bell-rule.js", import.meta.url), "utf8");
const rule = await import(`data:text/javascript,${encodeURIComponent(text)}`);
const { decide, endingOf, isQuiet, newsOf, nextNeeding, wallClock } = rule;

const LIMA = "America/Lima";
const at = (text) => Date.parse(`${text}-05:00`);
const ring = (tone = null, desktop = true) => ({ desktop, tone });
const bell = (more = {}) => ({ rings: { offer: ring("chime"), message: ring() }, volume: 60, text: false, here: false, quiet: null, ...more });
// Friday evening into Saturday morning, and Monday's.
const night = { from: 22 * 60, until: 7 * 60, days: [5, 1], offers: false };

test("quiet hours are those of the person's zone, and last into the next day", () => {
  expect(wallClock(at("2026-11-20T22:30"), LIMA)).toEqual({ day: 5, minute: 22 * 60 + 30 });
  expect(wallClock(at("2026-11-20T22:30"), "Europe/Madrid").day).toBe(6);
  expect(isQuiet(null, at("2026-11-20T23:00"), LIMA)).toBe(false);
  for (const [when, quiet] of [
    ["2026-11-20T21:59", false],
    ["2026-11-20T22:00", true],
    ["2026-11-21T06:59", true],
    ["2026-11-21T07:00", false],
    ["2026-11-21T23:00", false],
    ["2026-11-22T06:00", false],
    ["2026-11-24T03:00", true],
  ]) {
    expect(isQuiet(night, at(when), LIMA), when).toBe(quiet);
  }
  const lunch = { from: 13 * 60, until: 14 * 60, days: [1, 2, 3, 4, 5], offers: false };
  expect(isQuiet(lunch, at("2026-11-20T13:30"), LIMA)).toBe(true);
  expect(isQuiet(lunch, at("2026-11-21T13:30"), LIMA)).toBe(false);
});

test("what is before somebody's eyes is not told, and the desktop speaks only where nobody looks", () => {
  const now = at("2026-11-20T12:00");
  const told = (tabs, more, call = { kind: "offer", conv: "a" }) => decide(call, { bell: bell(more), tabs, now, zone: LIMA });
  const hidden = { looked: false, conv: "a" };
  expect(told([hidden])).toEqual({ desktop: true, tone: "chime" });
  expect(told([{ looked: true, conv: "a" }])).toEqual({ desktop: false, tone: null });
  expect(told([hidden, { looked: true, conv: "b" }]), "another tab is looked at").toEqual({ desktop: false, tone: "chime" });
  expect(told([{ looked: true, conv: "b" }], { here: true })).toEqual({ desktop: true, tone: "chime" });
  expect(told([{ looked: true, conv: "a" }], { here: true }), "the open one").toEqual({ desktop: false, tone: null });
  expect(told([hidden], { volume: 0 }).tone).toBe(null);
  expect(told([hidden], {}, { kind: "alarm", conv: "a" }), "nothing was chosen for it").toEqual({ desktop: false, tone: null });
});

test("in quiet hours nothing rings, but for offers where somebody wants them", () => {
  const now = at("2026-11-20T23:00");
  const told = (kind, offers) => decide({ kind, conv: "a" }, { bell: bell({ quiet: { ...night, offers } }), tabs: [], now, zone: LIMA });
  expect(told("offer", false)).toEqual({ desktop: false, tone: null });
  expect(told("offer", true)).toEqual({ desktop: true, tone: "chime" });
  expect(told("message", true)).toEqual({ desktop: false, tone: null });
});

test("what is new is known by what was known before", () => {
  const one = (conv, inbound, more = {}) => ({ conv, inbound, unread: inbound, taken: false, ...more });
  const before = new Map([["a", one("a", 2)], ["b", one("b", 1)]]);
  const calls = newsOf(before, [one("a", 3), one("b", 1), one("c", 1), one("d", 1, { taken: true })]);
  expect(calls.map(({ what, conv }) => `${what} ${conv}`)).toEqual(["message a", "given c"]);
  expect(newsOf(before, [one("a", 3, { unread: 0 })]), "read already").toEqual([]);
});

test("an hour before the window ends, and when a promise is soon due, once for each moment", () => {
  const now = at("2026-11-20T12:00");
  const one = { conv: "a", promised: { at: now + 60_000, soon: 120_000 }, shuts: now + 59 * 60_000 };
  expect(endingOf(one, now, 60_000).map(({ what }) => what)).toEqual(["due", "window"]);
  expect(endingOf(one, now, 0).map(({ what }) => what), "its queue is closed").toEqual(["window"]);
  expect(endingOf({ ...one, shuts: now + 61 * 60_000, promised: null }, now, 0)).toEqual([]);
  expect(endingOf(one, now, 60_000)[0].key).toContain(String(one.promised.at));
});

test("next is what falls due first, then who waits longest, and round", () => {
  const one = (conv, waits, due) => ({ conv, waits, promised: due ? { at: due } : null });
  const all = [one("a", 5), one("b", 3), one("c", 9, 100), one("d", 0)];
  expect(nextNeeding(all, null)).toBe("c");
  expect(nextNeeding(all, "c")).toBe("b");
  expect(nextNeeding(all, "b")).toBe("a");
  expect(nextNeeding(all, "a")).toBe("c");
  expect(nextNeeding(all, "d")).toBe("c");
  expect(nextNeeding([one("a", 5)], "a")).toBe(null);
  expect(nextNeeding([one("d", 0)], null)).toBe(null);
});
