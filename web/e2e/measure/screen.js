// What a page feels like in a busy house: five thousand rows in one list, a hundred messages a second, and somebody who
// opens one conversation after the other and types. Run by `cargo xtask bench screen`; one JSON object per person.
import { chromium } from "@playwright/test";
import { execFileSync } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";

import { Demo } from "../support/demo.js";
import { signIn } from "../support/sign-in.js";
import { Line } from "./line.js";

const ROWS = Number(process.env.ROWS ?? 5000);
const RATE = Number(process.env.RATE ?? 100);
const SECONDS = Number(process.env.SECONDS ?? 30);
/** So many milliseconds what pours in is held back, to be seen when those who write are done. */
const ELSEWHERE = 20_000;
const SWITCHES = 60;
/** The core that server, database and customers have to do with, while the browser has them all; "" for all of them, too. */
const CORE = process.env.CORE ?? "0";
/** Webhooks under way while customers are made. */
const AT_ONCE = 24;
/** The demo's number, as the simulator plays it. */
const CHANNEL = { account: "100000000000001", phone: "200000000000001", secret: "demo-app-secret" };

const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const wa = (n) => `519${String(70_000_000 + n)}`;

/** A customer's message as Meta posts it. */
async function write(url, customer, body) {
  const message = { from: wa(customer), id: `wamid.${randomUUID()}`, timestamp: String(Math.floor(Date.now() / 1000)), type: "text", text: { body } };
  const value = {
    messaging_product: "whatsapp",
    metadata: { display_phone_number: "51155500000", phone_number_id: CHANNEL.phone },
    contacts: [{ profile: { name: `Cliente ${customer}` }, wa_id: wa(customer) }],
    messages: [message],
  };
  const text = JSON.stringify({ object: "whatsapp_business_account", entry: [{ id: CHANNEL.account, changes: [{ field: "messages", value }] }] });
  const signature = createHmac("sha256", CHANNEL.secret).update(text).digest("hex");
  const answer = await fetch(`${url}/webhooks/whatsapp`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-hub-signature-256": `sha256=${signature}` },
    body: text,
  });
  if (!answer.ok) throw new Error(`a webhook was refused: ${answer.status}`);
}

/** So many customers, each with a message. */
async function fill(url) {
  let next = 0;
  const one = async () => {
    while (next < ROWS) {
      next += 1;
      await write(url, next, `Buenas, escribo por primera vez, soy ${next}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

/** In the page: how long tasks and frames took, and how long it is from a click to the conversation being there. */
function watch() {
  const seen = { tasks: [], gaps: [], switches: [] };
  window.seen = seen;
  new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
  let last = performance.now();
  const frame = (now) => {
    seen.gaps.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  document.addEventListener(
    "click",
    (event) => {
      const row = event.target.closest?.("#list > li");
      if (!row) return;
      const id = row.id.replace("row-", "");
      const began = performance.now();
      const shown = () => document.querySelector(`#thread-${CSS.escape(id)}`);
      const look = new MutationObserver(() => {
        if (!shown()) return;
        look.disconnect();
        // After the frame in which it stands there.
        requestAnimationFrame(() => setTimeout(() => seen.switches.push(performance.now() - began)));
      });
      look.observe(document.body, { childList: true, subtree: true });
    },
    true,
  );
}

const share = (values, part) => {
  const sorted = [...values].sort((one, other) => one - other);
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0) * 10) / 10;
};

const report = (seen) => ({
  frames: seen.gaps.length,
  frame_ms: { p50: share(seen.gaps, 0.5), p99: share(seen.gaps, 0.99), worst: share(seen.gaps, 1) },
  tasks_over_50_ms: { count: seen.tasks.length, worst: share(seen.tasks, 1) },
  switch_ms: { count: seen.switches.length, p50: share(seen.switches, 0.5), p95: share(seen.switches, 0.95), worst: share(seen.switches, 1) },
});

/** How far a list is loaded, with what it let go of, if that is more rows than so many. */
const loaded = (than) => {
  const list = document.getElementById("list");
  const rows = list.childElementCount + Number(list.dataset.gone ?? 0);
  return rows > than && rows;
};

const seenBy = (page) => page.evaluate(() => window.seen);
const fresh = (page) => page.evaluate(() => Object.values(window.seen).forEach((values) => (values.length = 0)));

/** Opens one visible conversation after the other. */
async function browse(page, times) {
  for (let n = 0; n < times; n += 1) {
    const before = await page.evaluate(() => window.seen.switches.length);
    await page.evaluate((n) => {
      const list = document.getElementById("list");
      const { left, top, bottom } = list.getBoundingClientRect();
      const at = (y) => document.elementsFromPoint(left + 100, y).map((element) => element.closest("#list > li")).find(Boolean);
      const shown = Array.from({ length: Math.floor((bottom - top) / 40) }, (_, k) => at(top + 20 + k * 40)).filter((row) => row && !row.querySelector("[aria-current]"));
      shown[(n * 3) % shown.length].querySelector("a").click();
    }, n);
    await page.waitForFunction((before) => window.seen.switches.length > before, before, { timeout: 10_000 }).catch(() => {});
    await wait(150);
  }
}

/**
 * Begins to trace; what it answers ends that, and tells how long each task of the page's own thread worked, in milliseconds. Where server, database, those who write and the
 * browser share two cores, a task by the clock waits for others, too.
 */
async function tracing(context, page) {
  const cdp = await context.newCDPSession(page);
  const tasks = [];
  cdp.on("Tracing.dataCollected", ({ value }) => tasks.push(...value));
  await cdp.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories: ["toplevel"] } });
  return async () => {
    const complete = new Promise((done) => cdp.once("Tracing.tracingComplete", done));
    await cdp.send("Tracing.end");
    await complete;
    await cdp.detach();
    // A spare page may stand by: ours is the one that worked.
    const pages = tasks.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
    const all = pages.map((main) => tasks.filter(({ tid, pid, tdur }) => tdur && tid === main.tid && pid === main.pid).map(({ tdur }) => tdur / 1000));
    return all.reduce((one, other) => (other.length > one.length ? other : one));
  };
}

async function measure(browser, line, demo, who, path) {
  const context = await browser.newContext({ proxy: { server: line.url, bypass: "<-loopback>" }, baseURL: demo.url, viewport: { width: 1440, height: 900 }, storageState: await signIn(demo.url, who) });
  const page = await context.newPage();
  await page.addInitScript(watch);
  await page.goto(path);
  await page.locator('html[data-live="on"]').waitFor();
  const began = Date.now();
  let rows = 0;
  for (;;) {
    rows = await page.evaluate(loaded, -1);
    const more = await page.evaluate(() => "more" in document.getElementById("list").dataset);
    if (!more || rows >= ROWS) break;
    // No faster than the server lets one person ask.
    await wait(80);
    await page.evaluate(() => (document.getElementById("list").scrollTop = 1e9));
    await page.waitForFunction(loaded, rows, { timeout: 20_000 });
  }
  const filling = { rows, seconds: (Date.now() - began) / 1000, ...report(await seenBy(page)) };
  await wait(2000);

  await fresh(page);
  await browse(page, SWITCHES / 2);
  const deep = report(await seenBy(page));

  await page.evaluate(() => (document.getElementById("list").scrollTop = 0));
  await wait(2000);

  await fresh(page);
  await browse(page, SWITCHES);
  const quiet = report(await seenBy(page));

  let together;
  const rate = await pour(demo, async () => (together = await busy(page)));
  const elsewhere = await apart(demo, line, page, () => busy(page, 0.4));
  // Once more, for what the page's thread worked; to watch that takes time, too.
  const worked = await apart(demo, line, page, async () => {
    const tasks = await tracing(context, page);
    await busy(page, 0.4);
    return tasks();
  });
  const work_ms = { over_50: worked.filter((one) => one > 50).length, p99_9: share(worked, 0.999), worst: share(worked, 1) };
  console.log(JSON.stringify({ scenario: "screen", as: who, path, filling, deep, quiet, storm: { messages_per_second: rate, together, elsewhere, work_ms } }));
  await context.close();
}

/** Customers write so many messages a second, while something else is done. */
async function pour(demo, meanwhile) {
  let pouring = true;
  const all = (async () => {
    const begin = performance.now();
    let sent = 0;
    const under = new Set();
    while (pouring) {
      const due = Math.floor(((performance.now() - begin) / 1000) * RATE);
      for (; sent < due; sent += 1) {
        const one = write(demo.url, 1 + Math.floor(Math.random() * ROWS), `Otra pregunta, la número ${sent}`).finally(() => under.delete(one));
        under.add(one);
      }
      await wait(5);
    }
    await Promise.all(under);
    return Math.round(sent / ((performance.now() - begin) / 1000));
  })();
  await meanwhile();
  pouring = false;
  return all;
}

/**
 * What comes in is seen later, when those who write it are done and server and database are quiet: as on somebody's own computer, nothing but
 * the browser works while it is seen.
 */
async function apart(demo, line, page, what) {
  await page.evaluate(() => (document.getElementById("list").scrollTop = 0));
  await wait(2000);
  line.delay = ELSEWHERE;
  await pour(demo, () => wait(ELSEWHERE));
  const found = await what();
  line.delay = 0;
  await wait(2000);
  return found;
}

/** Somebody opens one conversation after the other, types, and scrolls, for this part of the time. */
async function busy(page, part = 1) {
  await fresh(page);
  await browse(page, SWITCHES * (part < 1 ? 0.3 : 0.75));
  const draft = page.locator("#draft");
  if (await draft.isVisible()) await draft.pressSequentially("Le confirmo la cita de las diez y media para mañana", { delay: 40 });
  await page.mouse.move(300, 500);
  for (let n = 0; n < SECONDS * 2 * part; n += 1) {
    await page.mouse.wheel(0, n % 8 < 4 ? 400 : -400);
    await wait(250);
  }
  return report(await seenBy(page));
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
// On somebody's own PC no server runs, nor hundreds of customers who write: what starts from here on keeps to its core.
if (CORE) execFileSync("taskset", ["--all-tasks", "--cpu-list", "--pid", CORE, String(process.pid)]);
const line = await Line.lay();
const demo = await Demo.start();
try {
  await fill(demo.url);
  await measure(browser, line, demo, "admin", "/inbox?list=all");
  await measure(browser, line, demo, "valeria", "/inbox?list=mine");
} finally {
  await browser.close();
  line.take();
  await demo.end();
}
