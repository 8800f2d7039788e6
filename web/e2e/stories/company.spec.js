// Two at one conversation: who else looks and writes, and what came while one was writing.
import { at, expect, openFromList, test } from "../support/house.js";
import { flaws } from "../support/inspect.js";
import { wireOf } from "../support/wire.js";

const company = (page) => page.locator(".company");

/** A bubble stands within the part of the thread that is seen. */
const isRead = (page, text) =>
  expect
    .poll(() =>
      at(page)
        .bubble(text)
        .evaluate((bubble) => {
          const [own, all] = [bubble, bubble.closest("[data-thread]")].map((element) => element.getBoundingClientRect());
          return own.bottom > all.top && own.top < all.bottom;
        }),
    )
    .toBe(true);

test("what came while the agent wrote, or was answered by a colleague, is shown before it goes", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const customer = vendor.customer();
  const valeria = await open("valeria");
  await customer.write("Hola");
  await openFromList(valeria, customer.name);
  const talk = valeria.url().split("/").at(-1);
  const gabriela = await open("gabriela", `/inbox/${talk}`);

  await test.step("a silent look stays silent, what is written does not", async () => {
    await expect(company(gabriela)).toContainText("Valeria Quispe también está viendo");
    await expect(company(valeria)).toBeHidden();
    await gabriela.getByRole("button", { name: "Responder también" }).click();
    await at(gabriela).draft.pressSequentially("Hola, le habla");
    await expect(company(valeria)).toHaveText("Gabriela Núñez está escribiendo…");
    await at(valeria).draft.pressSequentially("Buenas tardes");
    await expect(company(gabriela)).toHaveText("Valeria Quispe está escribiendo…");
    expect(await flaws(valeria)).toEqual([]);
  });

  await test.step("a colleague answers first: asked once, and nothing is lost", async () => {
    await at(gabriela).draft.press("Enter");
    await expect(at(valeria).bubble("Hola, le habla")).toBeVisible();
    await expect(company(valeria)).toBeHidden();
    await at(valeria).draft.press("Enter");
    const ask = valeria.locator("#composer-ask");
    await expect(ask).toContainText("Gabriela Núñez ya respondió");
    await expect(at(valeria).draft).toHaveValue("Buenas tardes");
    await expect(at(valeria).draft).toBeFocused();
    expect(await flaws(valeria)).toEqual([]);
    await ask.getByRole("button", { name: "Enviar así" }).click();
    await expect(at(valeria).bubble("Buenas tardes")).toHaveCount(1);
    await expect(ask).toBeHidden();
  });

  await test.step("what is before the eyes is not asked about", async () => {
    await at(valeria).draft.fill("¿En qué le ayudo?");
    await customer.write("Quiero una cita");
    await isRead(valeria, "Quiero una cita");
    await at(valeria).draft.press("Enter");
    await expect(at(valeria).bubble("¿En qué le ayudo?")).toHaveCount(1);
  });

  await test.step("what came below the part that is read is shown first", async () => {
    for (let line = 0; line < 30; line += 1) await customer.write(`Línea ${line} de 30`);
    await isRead(valeria, "Línea 29 de 30");
    await at(valeria).thread.evaluate((thread) => thread.scrollTo(0, 0));
    await at(valeria).draft.fill("Claro que sí");
    await customer.write("Mejor no, gracias");
    await expect(valeria.locator('[data-act="jump"]')).toBeVisible();
    await at(valeria).draft.press("Enter");
    await expect(valeria.locator("#composer-ask")).toContainText("Hay un mensaje que aún no viste");
    await isRead(valeria, "Mejor no, gracias");
    await expect(at(valeria).draft).toHaveValue("Claro que sí");
    await expect(at(valeria).bubble("Claro que sí")).toHaveCount(0);
    await valeria.locator("#composer-ask button").click();
    await expect(at(valeria).bubble("Claro que sí")).toHaveCount(1);
    await expect.poll(() => customer.received()).toEqual(["Hola, le habla", "Buenas tardes", "¿En qué le ayudo?", "Claro que sí"]);
  });
});

test("whatever is sent: what came and was not seen is shown first, and it answers what was chosen", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const [lucia, jorge] = [vendor.customer(), vendor.customer()];
  let wire;
  const valeria = await open("valeria", "/inbox", { before: async (page) => void (wire = await wireOf(page)) });
  for (const one of [lucia, jorge]) await one.write("Buen día");
  await openFromList(valeria, lucia.name);
  const ask = valeria.locator("#composer-ask");
  const sound = at(valeria).thread.locator(".msg.out:has([data-sound])");
  const dialog = valeria.locator("#builder");

  /** She reads further up, and something comes. */
  const comes = async (text) => {
    const up = (thread) =>
      new Promise((done) => {
        thread.scrollTo(0, 0);
        requestAnimationFrame(() => requestAnimationFrame(() => done(thread.scrollTop)));
      });
    // What changed in the last frame may have brought her to the end again.
    await expect.poll(() => at(valeria).thread.evaluate(up)).toBe(0);
    await lucia.write(text);
    await expect(at(valeria).bubble(text)).toHaveCount(1);
    await expect(valeria.locator('[data-act="jump"]')).toBeVisible();
  };
  const answers = async (text) => {
    await at(valeria).bubble(text).hover();
    await at(valeria).bubble(text).getByRole("button", { name: "Responder o reaccionar" }).click();
    await expect(valeria.locator("#quote")).toContainText(text);
  };
  const anyway = () => ask.getByRole("button", { name: "Enviar así" }).click();

  await test.step("left in the middle of an answer, and come back to", async () => {
    await at(valeria).draft.fill("Perfecto");
    await openFromList(valeria, jorge.name);
    for (let line = 0; line < 40; line += 1) await lucia.write(`Línea ${line} de 40`);
    await expect(at(valeria).row(lucia.name).locator(".badge")).toHaveText("40");
    await openFromList(valeria, lucia.name);
    await expect(at(valeria).draft).toHaveValue("Perfecto");
    await at(valeria).draft.press("Enter");
    await expect(ask).toContainText(/Hay \d+ mensajes que aún no viste/);
    expect(await flaws(valeria)).toEqual([]);
    await expect(at(valeria).bubble("Perfecto")).toHaveCount(0);
    await anyway();
    await expect(at(valeria).bubble("Perfecto")).toHaveCount(1);
    await expect(ask).toBeHidden();
  });
  await test.step("without a connection", async () => {
    await comes("Antes del corte");
    await wire.unplug();
    await expect(valeria.locator("html")).toHaveAttribute("data-live", "off");
    await at(valeria).draft.fill("Anotado");
    await at(valeria).draft.press("Enter");
    await expect(ask).toBeVisible();
    await isRead(valeria, "Antes del corte");
    await anyway();
    await expect(at(valeria).bubble("Anotado")).toHaveCount(1);
    await wire.plugIn();
    await expect(valeria.locator("html")).toHaveAttribute("data-live", "on");
  });
  await test.step("a voice note", async () => {
    await answers("Línea 39 de 40");
    await valeria.getByRole("button", { name: "Grabar nota de voz" }).click();
    await expect(valeria.locator(".recorder [data-time]")).toHaveText("0:01");
    await comes("Mientras graba");
    await valeria.getByRole("button", { name: "Enviar nota de voz" }).click();
    await isRead(valeria, "Mientras graba");
    await expect(sound).toHaveCount(0);
    await anyway();
    await expect(sound.locator(".quote")).toContainText("Línea 39 de 40");
    await expect(valeria.locator("#quote")).toBeHidden();
  });
  await test.step("a question with buttons", async () => {
    await answers("Línea 38 de 40");
    await valeria.getByRole("button", { name: "Más", exact: true }).click();
    await valeria.getByRole("menuitem", { name: "Botones o lista" }).click();
    await dialog.getByLabel("Pregunta").fill("¿Qué día prefiere?");
    await dialog.getByLabel("Botón").first().fill("Sábado");
    await comes("Mientras arma la pregunta");
    const send = dialog.getByRole("button", { name: "Enviar", exact: true });
    await send.click();
    await expect(dialog.getByRole("alert")).toContainText("aún no viste");
    await expect(dialog.getByRole("alert")).toContainText("«Mientras arma la pregunta»");
    await expect(async () => {
      if (await dialog.isVisible()) await send.click();
      await expect(dialog).toHaveCount(0, { timeout: 200 });
    }).toPass();
    await expect(at(valeria).bubble("¿Qué día prefiere?").locator(".quote")).toContainText("Línea 38 de 40");
    await expect(valeria.locator("#quote")).toBeHidden();
  });
  await test.step("a template, which quotes nothing and leaves the quote to what is being written", async () => {
    await answers("Línea 37 de 40");
    await valeria.locator('#composer [data-act="pick"]').click();
    await valeria.locator("#pick-list .tpl-opt").first().click();
    for (const input of await valeria.locator("#pick-values input").all()) await input.fill("jueves");
    await comes("Mientras elige");
    await valeria.getByRole("button", { name: "Enviar plantilla" }).click();
    await isRead(valeria, "Mientras elige");
    await expect(ask).toBeVisible();
    await anyway();
    await expect(ask).toBeHidden();
    await expect(valeria.locator("#quote")).toContainText("Línea 37 de 40");
  });
  await expect.poll(async () => (await vendor.call(`sent?to=${lucia.phone}`)).map(({ payload }) => [payload.type, Boolean(payload.context)])).toEqual([
    ["text", false],
    ["text", false],
    ["audio", true],
    ["interactive", true],
    ["template", false],
  ]);
});
