// The page and the server in step: what the address says, what was read, what time brings, what is edited beside a talk, and
// what is said while something older is on its way.
import { at, expect, held, live, openFromList, test } from "../support/house.js";
import { wireOf } from "../support/wire.js";

const DAY = 24 * 3600;

test("an address says which list, which conversation and which message, each once", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const [lucia, pedro] = [vendor.customer(), vendor.customer()];
  await lucia.write("¿Atienden los sábados?");
  await pedro.write("Perdí mi receta");
  await openFromList(valeria, lucia.name);
  await expect(at(valeria).bubble("los sábados")).toBeVisible();
  const message = (await at(valeria).bubble("los sábados").getAttribute("id")).slice(2);
  const { pathname } = new URL(valeria.url());

  await test.step("a message of one stays out of the address of the next, and Back leads to it", async () => {
    await valeria.goto(`${pathname}?list=all&at=${message}`);
    await live(valeria);
    await expect(at(valeria).bubble("los sábados")).toHaveClass(/lit/);
    await openFromList(valeria, pedro.name);
    expect(new URL(valeria.url()).search).toBe("?list=all");
    await valeria.goBack();
    await expect(at(valeria).bubble("los sábados")).toHaveClass(/lit/);
    await expect(valeria.locator(".view-switch")).toHaveText("Todas");
    await expect(at(valeria).toast).toHaveCount(0);
    await valeria.reload();
    await expect(at(valeria).bubble("los sábados")).toHaveClass(/lit/);
  });
  await test.step("what is looked for in the list survives a reload", async () => {
    await live(valeria);
    await valeria.locator("#list-find").fill(pedro.name);
    await expect(at(valeria).row(lucia.name)).toHaveCount(0);
    await valeria.reload();
    await expect(at(valeria).row(pedro.name)).toBeVisible();
    await expect(at(valeria).row(lucia.name)).toHaveCount(0);
    await expect(valeria.locator("#thread-title")).toHaveText(lucia.name);
  });
  await test.step("an address that says it wrong opens the conversation all the same", async () => {
    await valeria.goto(`${pathname}?at=${message}?at=no&at=no`);
    await expect(valeria.locator("#thread-title")).toHaveText(lucia.name);
  });
});

test("what was read is read, also where the shown list does not hold it", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const [valeria, elsewhere] = [await open("valeria"), await open("valeria")];
  const lucia = vendor.customer();
  await lucia.write("Hola");
  await openFromList(valeria, lucia.name);
  await expect(at(elsewhere).row(lucia.name).locator(".badge")).toBeHidden();
  await valeria.locator("#side a", { hasText: "Resueltas" }).click();
  await expect(valeria.locator("#list-pane")).toHaveAttribute("data-key", "closed");
  await lucia.write("¿Me confirma?");
  await expect(at(valeria).bubble("¿Me confirma?")).toBeVisible();
  await expect(at(elsewhere).row(lucia.name)).toContainText("¿Me confirma?");
  await expect(at(elsewhere).row(lucia.name).locator(".badge")).toBeHidden();
});

test("what time alone brings comes into the list that stands", async ({ open, vendor, office }) => {
  let wire;
  const gabriela = await open("gabriela", "/inbox?list=waiting&closing=1", {
    // Half a minute passes in the twinkling of an eye.
    before: async (page) => {
      wire = await wireOf(page);
      await page.addInitScript(() => {
        const every = globalThis.setInterval;
        globalThis.setInterval = (run, time, ...more) => every(run, time === 30_000 ? 400 : time, ...more);
      });
    },
  });
  const [lucia, pedro, jorge] = [vendor.customer(), vendor.customer(), vendor.customer()];
  const soon = { at: 1800 - DAY };
  await lucia.write("Se me acaba el tiempo", soon);
  await pedro.write("A mí también", soon);
  const row = (one) => at(gabriela).row(one.name);
  await expect(row(lucia)).toBeVisible();
  await expect(row(pedro)).toBeVisible();
  await row(lucia).getByRole("link").focus();
  await gabriela.keyboard.press("x");
  await expect(gabriela.locator("#bulk")).toContainText("1");
  await gabriela.locator('[data-act="filters"]').first().click();
  const vip = gabriela.locator("form.filters").getByLabel("Clientes VIP");
  await vip.focus();
  // What the line says must not help.
  await wire.unplug();
  await jorge.write("Y a mí", soon);
  await expect(row(jorge)).toBeVisible();
  const talk = (await row(pedro).getAttribute("id")).slice(4);
  await office.command("gabriela", "POST", `/conversations/${talk}/close`);
  await expect(row(pedro)).toHaveCount(0);
  await expect(vip).toBeFocused();
  await expect(row(lucia)).toHaveAttribute("data-chosen", "");
  await expect(gabriela.locator("#bulk")).toBeVisible();
});

test("a contact is edited beside a conversation that goes on", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const lucia = vendor.customer();
  for (let line = 0; line < 30; line += 1) await lucia.write(`Renglón ${line} de treinta`);
  await expect(at(valeria).row(lucia.name)).toContainText("Renglón 29");
  await openFromList(valeria, lucia.name);
  await valeria.keyboard.type("Le escribo ");
  const { thread } = at(valeria);
  await thread.evaluate((element) => (element.scrollTop = 300));
  const message = at(valeria).bubble("Renglón 9 de treinta");
  await message.hover();
  await message.locator('[data-act="quote"]').click();
  await expect(valeria.locator("#quote")).toBeVisible();
  await valeria.locator('[data-act="record"]').click();
  await expect(valeria.locator("#composer")).toHaveAttribute("data-recording", "");
  const place = await thread.evaluate((element) => element.scrollTop);
  const name = `${lucia.name} de la Vega`;
  await valeria.locator('#details-pane [data-act="card"]').click();
  await valeria.locator("#card").getByLabel("Nombre", { exact: true }).fill(name);
  await valeria.locator('#card [type="submit"]').click();
  await expect(valeria.locator("#details-pane h3.t-h2")).toHaveText(name);
  await expect(valeria.locator("#thread-title")).toHaveText(name);
  await expect(at(valeria).row(name)).toBeVisible();
  await expect(valeria.locator('#details-pane [data-act="card"]')).toBeFocused();
  await expect(valeria.locator("#quote")).toBeVisible();
  await expect(valeria.locator("#composer")).toHaveAttribute("data-recording", "");
  await expect(at(valeria).draft).toHaveValue("Le escribo ");
  expect(await thread.evaluate((element) => element.scrollTop)).toBe(place);
  await valeria.locator('.recorder [data-act="record-cancel"]').click();
  await at(valeria).draft.press("End");
  await valeria.keyboard.type("ahora");
  await valeria.keyboard.press("Enter");
  // What is further down she has not seen.
  await valeria.getByRole("button", { name: "Enviar así" }).click();
  await expect(at(valeria).bubble("Le escribo ahora").locator(".quote")).toContainText("Renglón 9");
});

test("what is said while older or newer messages are on their way is not lost", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  let wire;
  const valeria = await open("valeria", "/inbox", { before: async (page) => (wire = await wireOf(page)) });
  const heard = (words) => expect.poll(() => wire.frames.some((frame) => frame.includes(words))).toBe(true);
  const lucia = vendor.customer();
  const first = await lucia.write("Lo primero de todo");
  await openFromList(valeria, lucia.name);
  const { thread } = at(valeria);
  const path = new URL(valeria.url()).pathname;
  for (let line = 0; line < 50; line += 1) await lucia.write(`Renglón ${line} de cincuenta`);
  await expect(at(valeria).row(lucia.name)).toContainText("Renglón 49");
  await expect(at(valeria).row(lucia.name).locator(".badge")).toBeHidden();
  await valeria.reload();
  await live(valeria);

  await test.step("what is corrected above what is loaded is nothing new", async () => {
    await expect(at(valeria).bubble("Lo primero de todo")).toHaveCount(0);
    await thread.evaluate((element) => (element.scrollTop = element.scrollHeight - element.clientHeight - 200));
    const message = { type: "text", text: { body: "Lo primero, corregido" } };
    await lucia.write({ type: "edit", edit: { original_message_id: first.id, message } });
    await heard("Lo primero, corregido");
    await expect(at(valeria).bubble("Lo primero, corregido")).toHaveCount(0);
    await expect(valeria.locator('[data-act="jump"]')).toBeHidden();
  });
  await test.step("corrected while the page with it is on its way, it is corrected there", async () => {
    const { answered, go } = await held(valeria, "**/earlier?*");
    await thread.evaluate((element) => (element.scrollTop = 0));
    await answered;
    const message = { type: "text", text: { body: "Lo primero, otra vez" } };
    await lucia.write({ type: "edit", edit: { original_message_id: first.id, message } });
    await heard("Lo primero, otra vez");
    go();
    await expect(at(valeria).bubble("Lo primero, otra vez")).toHaveCount(1);
  });
  await test.step("written while the last page is on its way, it stands at its end", async () => {
    const id = (await at(valeria).bubble("Lo primero").getAttribute("id")).slice(2);
    const { answered, go } = await held(valeria, "**/later?*");
    await valeria.goto(`${path}?at=${id}`);
    await live(valeria);
    await thread.evaluate((element) => (element.scrollTop = element.scrollHeight));
    await answered;
    await lucia.write("Y lo último");
    await heard("Y lo último");
    go();
    await expect(async () => {
      await thread.evaluate((element) => (element.scrollTop = element.scrollHeight));
      await expect(at(valeria).bubble("Y lo último")).toHaveCount(1, { timeout: 500 });
    }).toPass();
  });
});

test("a row that comes back while it leaves stays", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const lucia = vendor.customer();
  await lucia.write("Hola");
  const row = at(valeria).row(lucia.name);
  await row.getByRole("link").focus();
  const talk = (await row.getAttribute("id")).slice(4);
  const person = await valeria.evaluate(() => document.body.dataset.me);
  await office.presence("valeria", "paused");
  await office.command("gabriela", "POST", `/conversations/${talk}/assignee`, { person: "" });
  await expect(row).toHaveAttribute("data-leaving", "");
  await office.command("gabriela", "POST", `/conversations/${talk}/assignee`, { person });
  await expect(row).not.toHaveAttribute("data-leaving", "");
  await valeria.locator("#list-find").focus();
  await expect(row).toBeVisible();
});
