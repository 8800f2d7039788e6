// When to ring, and how: decisions alone, without a page.

const WEEK = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const HOUR = 3600;

/** The day of the week, 1 is Monday, and the minute of the day that a moment is in a zone. */
export function wallClock(now, zone) {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  return { day: WEEK.indexOf(parts.weekday) + 1, minute: Number(parts.hour) * 60 + Number(parts.minute) };
}

/** Whether somebody wants peace at a moment. Hours that end before they begin last into the next day. */
export function isQuiet(quiet, now, zone) {
  if (!quiet) return false;
  const { day, minute } = wallClock(now, zone);
  const begins = (on) => quiet.days.includes(on);
  if (quiet.from < quiet.until) return begins(day) && minute >= quiet.from && minute < quiet.until;
  const yesterday = day === 1 ? 7 : day - 1;
  return (begins(day) && minute >= quiet.from) || (begins(yesterday) && minute < quiet.until);
}

/**
 * How a call is told: by the desktop, and by which sound. What is before somebody's eyes is not told at all; the desktop
 * only speaks where no tab of theirs is looked at, unless they want it to.
 * A tab is `{ looked, conv }`: whether somebody looks at it, and what is open there.
 */
export function decide({ kind, conv }, { bell, tabs, now, zone }) {
  const nothing = { desktop: false, tone: null };
  const looked = tabs.filter((tab) => tab.looked);
  if (looked.some((tab) => tab.conv && tab.conv === conv)) return nothing;
  if (isQuiet(bell.quiet, now, zone) && !(kind === "offer" && bell.quiet.offers)) return nothing;
  const ring = bell.rings[kind];
  if (!ring) return nothing;
  return { desktop: ring.desktop && (bell.here || looked.length === 0), tone: bell.volume > 0 ? ring.tone : null };
}

/** What calls because something was told of one's own: what is new, and where a customer wrote more than was known. */
export function newsOf(before, all) {
  const calls = [];
  for (const one of all) {
    const known = before.get(one.conv);
    if (!known) {
      if (!one.taken) calls.push({ kind: "offer", what: "given", ...one });
    } else if (one.inbound > known.inbound && one.unread > 0) calls.push({ kind: "message", what: "message", ...one });
  }
  return calls;
}

/** What of one's own is about to end, in milliseconds: the time somebody promised, and the window to answer in. */
export function endingOf(one, now, left) {
  const ending = [];
  if (one.promised && left > 0 && left <= one.promised.soon) ending.push({ what: "due", key: `due ${one.conv} ${one.promised.at}`, left });
  const open = one.shuts ? one.shuts - now : 0;
  if (open > 0 && open <= HOUR * 1000) ending.push({ what: "window", key: `window ${one.conv} ${one.shuts}`, left: open });
  return ending;
}

/** Which of one's own to go to next: what falls due first, then who has waited longest; after the one that is open. */
export function nextNeeding(all, open) {
  const waiting = all.filter((one) => one.waits);
  const due = (one) => one.promised?.at ?? Infinity;
  waiting.sort((one, other) => due(one) - due(other) || one.waits - other.waits || (one.conv < other.conv ? -1 : 1));
  const at = waiting.findIndex((one) => one.conv === open);
  const next = waiting[(at + 1) % waiting.length];
  return next && next.conv !== open ? next.conv : null;
}
