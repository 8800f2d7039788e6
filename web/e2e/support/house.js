// What every story has at hand: the people at their pages, the customers, and the vendors' stand-in.
import { test as base, expect, request } from "@playwright/test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { Demo } from "./demo.js";
import { AGENTS, PEOPLE, signIn } from "./sign-in.js";

export { expect };

export const test = base.extend({
  /** A running demo in which everybody has signed in once: its addresses, sessions, and where its data is. */
  house: [
    async ({}, use) => {
      const demo = await Demo.start();
      try {
        const sessions = join(demo.folder, "sessions");
        await mkdir(sessions, { mode: 0o700 });
        for (const person of PEOPLE) await signIn(demo.url, person, join(sessions, `${person}.json`));
        await use({ url: demo.url, simulator: demo.simulator, sessions, data: demo.data });
      } finally {
        await demo.end();
      }
    },
    { scope: "worker", timeout: 180_000 },
  ],

  /** The commands of people, without a browser. */
  office: [
    async ({ house }, use) => {
      const office = new Office(house);
      await use(office);
      await office.dispose();
    },
    { scope: "worker" },
  ],

  /** The stand-in for Meta and Twilio. */
  vendor: [async ({ house }, use) => use(new Vendor(house.simulator)), { scope: "worker" }],

  /** Every story begins in a house where nobody is at work, nothing is open, and the vendors behave. */
  empty: [
    async ({ office, vendor }, use) => {
      await vendor.reset();
      await office.clear();
      await use();
    },
    { auto: true },
  ],

  /** Open pages as people; each has a browser of their own. Ends with a look at every console. */
  open: async ({ browser, house }, use) => {
    const contexts = [];
    const consoles = [];
    await use(async (person, path = "/inbox", options = {}) => {
      const { state, before = () => {}, ...more } = options;
      const storageState = person ? (state ?? join(house.sessions, `${person}.json`)) : undefined;
      const context = await browser.newContext({ baseURL: house.url, storageState, ...more });
      contexts.push(context);
      const page = await context.newPage();
      consoles.push(listen(page));
      await before(page);
      await page.goto(path);
      if (person) await live(page);
      return page;
    });
    for (const context of contexts) await context.close();
    expect(consoles.flat(), "the consoles are empty").toEqual([]);
  },
});

/**
 * A slow line: requests to addresses like this wait until they are let go. `asked` waits for the first; `go` lets all
 * through, and answers when the page has done with what came.
 */
export async function slowly(page, what) {
  const waiting = [];
  let open = false;
  await page.route(what, (route) => (open ? route.fallback() : waiting.push(route)));
  return {
    asked: () => expect.poll(() => waiting.length, "it is asked for").toBeGreaterThan(0),
    async go() {
      open = true;
      const came = waiting.map((route) => route.request().response());
      for (const route of waiting.splice(0)) await route.fallback();
      for (const answer of await Promise.all(came)) await answer?.finished().catch(() => {}); // some are given up
      await page.unroute(what);
      // What follows in the page takes a few turns of its own.
      await page.evaluate(() => new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 50)));
    },
  };
}

/** Everything a page complains about, except that a network that was cut is gone. */
export function listen(page) {
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    const text = message.text();
    const network = /net::ERR_|WebSocket connection to|Failed to load resource/.test(text);
    if (["error", "warning"].includes(message.type()) && !network) complaints.push(text);
  });
  return complaints;
}

/** The page is connected and up to date. */
export const live = (page) => expect(page.locator("html")).toHaveAttribute("data-live", "on");

/** The parts of an agent's page that stories speak of. */
export const at = (page) => ({
  row: (name) => page.locator("#list > li").filter({ has: page.getByText(name, { exact: true }) }),
  bubble: (text) => page.locator("[data-thread] .msg").filter({ hasText: text }),
  thread: page.locator("[data-thread]"),
  draft: page.locator("#draft"),
  dock: page.locator("#dock"),
  strip: page.locator("#offline"),
  toast: page.locator("#toasts .toast"),
});

/** What an agent sees of list and thread, without the clocks that run: the same for a page that lived and a fresh one. */
export const picture = (page) =>
  page.evaluate(() => {
    const text = (element) => element?.textContent.trim() ?? "";
    const rows = [...document.querySelectorAll("#list > li")].map((row) => ({
      id: row.id,
      version: row.dataset.v,
      who: text(row.querySelector(".who")),
      line: text(row.querySelector(".l2")),
      unread: text(row.querySelector(".badge:not([hidden])")),
      open: row.firstElementChild.ariaCurrent,
    }));
    const entries = [...document.querySelectorAll("[data-thread] > :is(.msg, .sys)")].map((entry) => ({
      id: entry.id,
      // Grouping depends on where the line of unread messages stood when the thread was opened.
      look: entry.className.replace(" cont", ""),
      text: text(entry),
    }));
    const state = { ...document.querySelector('[id^="state-"]')?.dataset };
    return { rows, entries, state, mode: document.getElementById("dock")?.dataset.mode };
  });

/** A page that lived through something shows what a fresh one shows. */
export async function showsTheTruth(page, open, person) {
  const fresh = await open(person, new URL(page.url()).pathname);
  let again = false;
  await expect(async () => {
    if (again) await fresh.reload();
    again = true;
    await live(fresh);
    expect(await picture(page)).toEqual(await picture(fresh));
  }).toPass({ timeout: 20_000 });
  await fresh.context().close();
}

/** Open the conversation of a customer from the list, ready to type. */
export async function openFromList(page, name) {
  await at(page).row(name).getByRole("link").click();
  await expect(page.locator("#thread-title")).toHaveText(name);
  await expect(at(page).draft).toBeFocused();
}

/** Holds the next answer to such a request, which the server gives at once; `go` lets it arrive. */
export async function held(page, url) {
  let go;
  const gone = new Promise((done) => (go = done));
  let came;
  const answered = new Promise((done) => (came = done));
  await page.route(
    url,
    async (route) => {
      const answer = await route.fetch();
      const body = await answer.text();
      came();
      await gone;
      await route.fulfill({ response: answer, body });
    },
    { times: 1 },
  );
  return { answered, go };
}

/** The commands of people over HTTP, as their pages give them. */
class Office {
  #house;
  #desks = new Map();

  constructor(house) {
    this.#house = house;
  }

  async #desk(person) {
    if (!this.#desks.has(person)) {
      const storageState = join(this.#house.sessions, `${person}.json`);
      const web = await request.newContext({ baseURL: this.#house.url, storageState });
      const csrf = (await (await web.get("/me")).text()).match(/name="csrf" content="([^"]+)"/)[1];
      this.#desks.set(person, { web, headers: { "X-CSRF": csrf, "HX-Request": "true" } });
    }
    return this.#desks.get(person);
  }

  async command(person, method, path, form = {}) {
    const { web, headers } = await this.#desk(person);
    const answer = await web.fetch(path, { method, form, headers });
    // Who asks too fast is told when to go on.
    if (answer.status() === 429) {
      await new Promise((done) => setTimeout(done, 1000 * Number(answer.headers()["retry-after"] ?? 1)));
      return this.command(person, method, path, form);
    }
    if (!answer.ok()) throw new Error(`${person} ${method} ${path}: ${answer.status()} ${await answer.text()}`);
    return answer;
  }

  presence(person, state) {
    return this.command(person, "PUT", "/me/presence", { state });
  }

  /** These agents can be given conversations, and nobody else. */
  async atWork(...people) {
    for (const person of people) await this.presence(person, "available");
  }

  async clear() {
    await Promise.all(AGENTS.map((person) => this.presence(person, "offline")));
    const { web } = await this.#desk("gabriela");
    // The floor shows the first of many: it is looked at until nothing is open.
    for (;;) {
      const floor = await (await web.get("/floor")).text();
      const open = [...floor.matchAll(/id="fc-([0-9a-f-]+)"/g)].map(([, id]) => id);
      if (open.length === 0) return;
      if (open.length > 20) await this.#closeTogether(open);
      else await Promise.all(open.map((id) => this.command("gabriela", "POST", `/conversations/${id}/close`)));
    }
  }

  /** One by one, so many would be asked for too fast. */
  async #closeTogether(conversations) {
    const { web, headers } = await this.#desk("gabriela");
    const answer = await web.post("/bulk", { data: { deed: { do: "close", outcome: null }, conversations }, headers });
    if (!answer.ok()) throw new Error(`closing many: ${answer.status()} ${await answer.text()}`);
    const { bulk } = await answer.json();
    const progress = async () => (await web.get(`/bulk/${bulk}`)).text();
    await expect.poll(progress, { intervals: [50], timeout: 30_000 }).toContain("data-ended");
    expect(await progress(), "all are closed").not.toContain("bulk-not");
  }

  async dispose() {
    for (const { web } of this.#desks.values()) await web.dispose();
  }
}

let customers = 0;
// After a story that failed another worker goes on: nobody is called like somebody who was there before.
const again = Number(process.env.TEST_WORKER_INDEX) || 0;
const FIRST = ["Rosa", "Miguel", "Carmen", "Luis", "Elena", "Andrés", "Julia", "Hugo", "Nora", "Pablo"];
const LAST = ["Medina", "Torres", "Salas", "Paredes", "Quiroz", "Vega", "Ramos", "Silva", "Ibarra", "Luna"];
const run = String(Date.now() % 100_000).padStart(5, "0");

/** The vendors' stand-in, and the customers who write through it. */
export class Vendor {
  constructor(url) {
    this.url = url;
  }

  async call(path, body) {
    const headers = { "content-type": "application/json" };
    const options = body === undefined ? {} : { method: "POST", headers, body: JSON.stringify(body) };
    const answer = await fetch(`${this.url}/control/${path}`, options);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  reset = () => this.call("reset", {});
  faults = (faults) => this.call("faults", faults);

  /** Somebody nobody has met before. */
  customer(more = {}) {
    const number = customers++;
    const letter = Math.floor(number / 100);
    const between = letter || again ? `${String.fromCharCode(65 + (again % 26), 97 + letter)}. ` : "";
    const name = `${FIRST[number % 10]} ${between}${LAST[Math.floor(number / 10 + number) % 10]}`;
    return new Customer(this, { phone: `519${run}${String(number).padStart(3, "0")}`, name, ...more });
  }
}

class Customer {
  #vendor;

  constructor(vendor, { phone, name }) {
    this.#vendor = vendor;
    this.phone = phone;
    this.name = name;
  }

  /** Write; answered when the product has it for good. `more`: `at`, `channel`, `wait_ms`. */
  write(message, more = {}) {
    return this.#vendor.call("inbound", { from: this.phone, name: this.name, message, ...more });
  }

  /** What the vendor accepted for this customer, oldest first. */
  async received() {
    return (await this.#vendor.call(`sent?to=${this.phone}`)).map(({ body }) => body);
  }
}
