// Two at one conversation: who else looks and writes, and what came while one was writing.
import { at, expect, openFromList, test } from "../support/house.js";
import { flaws } from "../support/inspect.js";

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
    await expect(valeria.locator("#composer-ask")).toContainText("Llegó un mensaje mientras escribías");
    await isRead(valeria, "Mejor no, gracias");
    await expect(at(valeria).draft).toHaveValue("Claro que sí");
    await expect(at(valeria).bubble("Claro que sí")).toHaveCount(0);
    await valeria.locator("#composer-ask button").click();
    await expect(at(valeria).bubble("Claro que sí")).toHaveCount(1);
    const sent = (await customer.received()).map(({ text }) => text?.body);
    expect(sent.filter((body) => body === "Claro que sí").length).toBeLessThanOrEqual(1);
  });
});
