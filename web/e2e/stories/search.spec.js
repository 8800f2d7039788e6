import { at, expect, live, slowly, test } from "../support/house.js";
import { flaws, inspect } from "../support/inspect.js";

const hits = (page) => page.locator("[data-hit]");

async function said(vendor, name, words = "¿Tienen cita para mañana?") {
  const lucia = vendor.customer({ name });
  await lucia.write(words);
  for (let n = 0; n < 50; n += 1) await lucia.write(`Línea número ${n}`);
  return lucia;
}

test("a message is found without its accents and opens in its place, among fifty", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const lucia = await said(vendor, "Lucía Zubizarreta", "¿Atienden en Ñuñoa?");
  await expect(at(valeria).row(lucia.name)).toBeVisible();

  const page = await open("valeria", "/search");
  await expect(page.locator("#q")).toBeFocused();
  await expect(async () => {
    await page.locator("#q").fill("nunoa");
    await expect(hits(page)).toHaveCount(1, { timeout: 2000 });
  }).toPass();
  await expect(page.locator("mark")).toHaveText("Ñuñoa");
  await expect(page).toHaveURL(/q=nunoa/);

  await test.step("by keyboard, to the message itself", async () => {
    await page.keyboard.press("ArrowDown");
    await expect(hits(page).first()).toBeFocused();
    await page.keyboard.press("Enter");
    await live(page);
    await expect(at(page).bubble("Ñuñoa")).toBeInViewport();
    await expect(page.locator(".msg.lit")).toContainText("Ñuñoa");
  });
  await test.step("what came later is loaded below, to the end", async () => {
    await expect(async () => {
      await at(page).thread.evaluate((thread) => thread.scrollTo(0, thread.scrollHeight));
      await expect(at(page).thread.getByText("Línea número 49", { exact: true })).toBeVisible({ timeout: 1000 });
    }).toPass();
    await lucia.write("¿Siguen ahí?");
    await expect(at(page).bubble("¿Siguen ahí?")).toBeInViewport();
  });
});

test("the palette finds by typo and by a piece of a number, and does what the page can do", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const lucia = await said(vendor, "Josefa Etcheverry");
  await expect(at(valeria).row(lucia.name)).toBeVisible();
  const option = (name) => valeria.getByRole("option", { name });

  await valeria.keyboard.press("Control+k");
  await expect(valeria.locator("#pal-q")).toBeFocused();
  await expect(option("Tu cuenta")).toBeVisible();
  expect(await flaws(valeria, { scope: "#palette" })).toEqual([]);
  await expect(async () => {
    await valeria.locator("#pal-q").fill("");
    await valeria.keyboard.type("josefa echeverri");
    await expect(option(lucia.name)).toBeVisible({ timeout: 2000 });
  }).toPass();
  // While nothing is found, the way to all results stands there alone; who is found then is meant before it.
  await valeria.locator("#pal-q").fill("qzxwvk");
  await expect(option("Ver todos los resultados")).toHaveAttribute("aria-selected", "true");
  await valeria.locator("#pal-q").fill("josefa echeverri");
  await expect(option(lucia.name)).toHaveAttribute("aria-selected", "true");
  await valeria.keyboard.press("Enter");
  await expect(valeria.locator("#thread-title")).toHaveText(lucia.name);
  await expect(valeria.locator("#palette")).toBeHidden();

  const late = await slowly(valeria, /\/search\?q=resolver/);
  await test.step("an action of the open conversation", async () => {
    await valeria.keyboard.press("Control+k");
    await expect(valeria.locator("#pal-q")).toBeFocused();
    await valeria.keyboard.type("resolver");
    await expect(option(/^Resolver E$/)).toHaveAttribute("aria-selected", "true");
    await late.asked();
    await valeria.keyboard.press("Escape");
    await expect(valeria.locator("#palette")).toBeHidden();
  });
  await test.step("what was opened last is there without a word", async () => {
    await valeria.keyboard.press("Control+k");
    await expect(valeria.locator("#pal-q")).toBeFocused();
    await expect(valeria.locator("#pal-recent")).toContainText(lucia.name);
    // What was looked for before comes to nobody.
    await late.go();
    await expect(valeria.locator("#pal-found")).toBeEmpty();
    await valeria.keyboard.type("como esta");
    await expect(option("Ver todos los resultados")).toHaveAttribute("aria-selected", "true");
    await valeria.keyboard.type("s");
    await valeria.keyboard.press("Enter");
    await expect(valeria).toHaveURL(/\/search\?q=como(%20|\+)estas$/);
  });
});

test("search in every theme and size", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  await vendor.customer({ name: "Lucía Ríos" }).write("¿Tienen cita para mañana?");
  const page = await open("valeria", "/search");
  await expect(async () => {
    await page.locator("#q").fill("cita");
    await expect(hits(page).first()).toBeVisible({ timeout: 2000 });
  }).toPass();
  await page.locator("#search-filters summary").click();
  await inspect(page, "search");
  await page.locator("#q").fill("xilófono");
  await expect(page.locator("main .empty")).toBeVisible();
  expect(await flaws(page), "nothing is found").toEqual([]);
});
