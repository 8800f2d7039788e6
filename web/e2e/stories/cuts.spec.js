import { Vendor, at, expect, live, openFromList, picture, showsTheTruth, test } from "../support/house.js";
import { Demo } from "../support/demo.js";
import { signIn } from "../support/sign-in.js";
import { wireOf } from "../support/wire.js";

/** Valeria at her desk with one conversation open, her hand on the cable. */
async function desk({ open, office, vendor }, options = {}) {
  await office.atWork("valeria");
  let wire;
  const before = async (page) => {
    wire = await wireOf(page);
    await options.before?.(page);
  };
  const page = await open("valeria", "/inbox", { before });
  const customer = vendor.customer();
  await customer.write("¿Me oye?");
  await openFromList(page, customer.name);
  return { page, wire, customer };
}

test("after a cut the page shows what a fresh one shows", async ({ open, office, vendor }) => {
  const { page, wire, customer } = await desk({ open, office, vendor });
  const other = vendor.customer();
  await other.write("Yo también espero");
  await expect(at(page).row(other.name)).toBeVisible();
  await page.keyboard.type("Un momento, por fav");

  await wire.unplug();
  await expect(page.locator("html")).toHaveAttribute("data-live", "off");
  await expect(at(page).strip).toHaveText("Sin conexión. Lo que escribas se guarda aquí y se envía al volver.");
  await customer.write("Se cortó");
  await customer.write({ type: "location", location: { latitude: -12.1, longitude: -77, name: "Parque Kennedy" } });
  await vendor.customer().write("Soy nueva");
  const path = await at(page).row(other.name).getByRole("link").getAttribute("href");
  await office.command("valeria", "POST", `/conversations/${path.split("/").pop()}/close`);
  await wire.plugIn();

  await live(page);
  await expect(at(page).strip).toBeHidden();
  await expect(at(page).bubble("Parque Kennedy")).toHaveCount(1);
  await showsTheTruth(page, open, "valeria");
  await expect(at(page).draft).toHaveValue("Un momento, por fav");
  await expect(at(page).draft).toBeFocused();
});

test("what happens between drawing a page and connecting it is not lost", async ({ open, office, vendor }) => {
  const { page, wire, customer } = await desk({ open, office, vendor });
  await wire.unplug();
  await page.reload();
  await expect(at(page).bubble("¿Me oye?")).toBeVisible();
  await customer.write("Justo entonces");
  await expect(at(page).bubble("Justo entonces")).toHaveCount(0);
  await wire.plugIn();
  await expect(at(page).bubble("Justo entonces")).toHaveCount(1);
});

test("frames that come twice, late and in the wrong order change nothing", async ({ open, office, vendor }) => {
  const { page, wire, customer } = await desk({ open, office, vendor });
  await page.keyboard.type("La oigo");
  await page.keyboard.press("Enter");
  await expect(at(page).bubble("La oigo").locator(".m")).toContainText("Leído");
  await customer.write("Qué bueno");
  await expect(at(page).bubble("Qué bueno")).toBeVisible();
  const before = await picture(page);
  const updates = wire.frames.filter((frame) => frame.includes('"u":'));
  expect(updates.length).toBeGreaterThan(4);
  for (const frame of [...updates, ...updates.toReversed()]) wire.say(frame);
  await customer.write("Gracias");
  await expect(at(page).bubble("Gracias")).toBeVisible();
  const after = await picture(page);
  expect(after.entries.slice(0, before.entries.length)).toEqual(before.entries);
  await showsTheTruth(page, open, "valeria");
});

test("a connection that is open and dead is replaced", async ({ open, office, vendor }) => {
  // The page's heartbeat is shortened; in the server's name it is kept up until the line dies.
  let beat;
  const { page, wire, customer } = await desk(
    { open, office, vendor },
    {
      before: (page) =>
        page.addInitScript(() => document.addEventListener("readystatechange", () => (document.body.dataset.hb = "1500"))),
    },
  );
  beat = setInterval(() => wire.say('{"t":"hb"}'), 500);
  try {
    await live(page);
    const before = wire.connections;
    wire.die();
    clearInterval(beat);
    await customer.write("¿Sigue ahí?");
    await expect(at(page).bubble("¿Sigue ahí?")).toHaveCount(1);
    expect(wire.connections).toBeGreaterThan(before);
  } finally {
    clearInterval(beat);
  }
});

test("a deploy, a slow page and a clean close are followed by a new connection", async ({ open, office, vendor }) => {
  const { page, wire, customer } = await desk({ open, office, vendor });
  for (const code of [1012, 1013, 1000]) {
    const before = wire.connections;
    await wire.close(code);
    await expect.poll(() => wire.connections).toBeGreaterThan(before);
    await live(page);
    await customer.write(`Después de ${code}`);
    await expect(at(page).bubble(`Después de ${code}`)).toHaveCount(1);
  }
});

test("too far behind to catch up: the panes are drawn again, the draft stays", async ({ open, office, vendor }) => {
  const { page, wire, customer } = await desk({ open, office, vendor });
  await page.keyboard.type("Le cuento que ");
  await wire.unplug();
  for (const text of ["Uno", "Dos", "Tres"]) await customer.write(text);
  wire.rewrite = (text) => (text.includes('"hello"') ? JSON.stringify({ ...JSON.parse(text), since: 0 }) : text);
  await wire.plugIn();
  await expect(at(page).bubble("Tres")).toHaveCount(1);
  expect(wire.frames.some((frame) => frame.includes('"reset"'))).toBe(true);
  await expect(at(page).draft).toHaveValue("Le cuento que ");
  await expect(at(page).draft).toBeFocused();
  await page.keyboard.type("ya está");
  await expect(at(page).draft).toHaveValue("Le cuento que ya está");
  await showsTheTruth(page, open, "valeria");
});

test("a hidden tab stays connected and does not count as reading", async ({ open, office, vendor }) => {
  const { page, wire, customer } = await desk({ open, office, vendor });
  const hide = (hidden) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
  const connections = wire.connections;
  await hide(true);
  await customer.write("¿Está ocupada?");
  await expect(at(page).bubble("¿Está ocupada?")).toHaveCount(1);
  await expect(at(page).row(customer.name).locator(".badge")).toHaveText("1");
  await expect(page).toHaveTitle(/^\(1\) /);
  await hide(false);
  await expect(at(page).row(customer.name).locator(".badge")).toBeHidden();
  await expect(page).not.toHaveTitle(/^\(/);
  expect(wire.connections).toBe(connections);
});

test("signed out in another tab: the page says so and keeps the draft", async ({ open, office, vendor, house }) => {
  await office.atWork("valeria");
  const state = await signIn(house.url, "valeria");
  const page = await open("valeria", "/inbox", { state });
  const customer = vendor.customer();
  await customer.write("Hola");
  await openFromList(page, customer.name);
  await page.route("**/messages", (route) => route.abort());
  await page.keyboard.type("Un momento");
  await page.keyboard.press("Enter");
  await expect(at(page).bubble("Un momento")).toHaveClass(/pending/);
  await page.keyboard.type("Buenas tardes, señora");

  const tab = await page.context().newPage();
  await tab.goto("/me");
  const out = tab.getByRole("button", { name: "Cerrar sesión" });
  const asked = tab.waitForEvent("dialog");
  const clicked = out.click();
  expect((await asked).message()).toContain("Una respuesta tuya todavía no se envió");
  await (await asked).dismiss();
  await clicked;
  await expect(tab).toHaveURL(/\/me$/);
  tab.once("dialog", (question) => question.accept());
  await out.click();
  await expect(tab).toHaveURL(/\/sign-in/);

  await expect(page.locator("#signed-out")).toBeVisible();
  await expect(at(page).draft).toHaveValue("Buenas tardes, señora");
  await page.locator("#signed-out a").click();
  const form = page;
  await form.locator("#email").fill("valeria@demo.test");
  await form.locator("#password").fill("bandeja-demo-2026");
  await form.locator('button[type="submit"]').click();
  await live(form);
  await expect(at(form).draft).toHaveValue("Buenas tardes, señora");
});

test("the server is stopped and started again: the page recovers by itself", async ({ open }) => {
  test.slow();
  const demo = await Demo.start();
  try {
    const state = await signIn(demo.url, "valeria");
    const page = await open("valeria", "/inbox", { state, baseURL: demo.url });
    await page.locator("#me-menu > summary").click();
    await page.getByRole("button", { name: "Disponible" }).click();
    const customer = new Vendor(demo.simulator).customer();
    await customer.write("Antes del corte");
    await openFromList(page, customer.name);
    await page.keyboard.type("Estoy escribiendo");

    await demo.stop();
    await expect(page.locator("html")).toHaveAttribute("data-live", "off");
    await expect(at(page).strip).toContainText("Sin conexión");
    await demo.run();
    // The page tries ever less often, up to half a minute apart.
    await expect(page.locator("html")).toHaveAttribute("data-live", "on", { timeout: 40_000 });
    await expect(at(page).strip).toBeHidden();
    await customer.write("Después del corte");
    await expect(at(page).bubble("Después del corte")).toHaveCount(1);
    await expect(at(page).bubble("Antes del corte")).toHaveCount(1);
    await expect(at(page).draft).toHaveValue("Estoy escribiendo");
    await at(page).draft.press("Enter");
    await expect(at(page).bubble("Estoy escribiendo").locator(".m")).toContainText(/Enviado|Entregado|Leído/);
    await expect.poll(() => customer.received()).toEqual(["Estoy escribiendo"]);
  } finally {
    await demo.end();
  }
});
