import { at, expect, openFromList, test } from "../support/house.js";
import { SIZES, inspect } from "../support/inspect.js";

test("a question with buttons, a menu, a place: built, shown, sent", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const lucia = vendor.customer();
  await lucia.write("Hola, quisiera una cita");
  await openFromList(valeria, lucia.name);
  const dialog = valeria.locator("#builder");
  const begin = async (what) => {
    await valeria.setViewportSize(SIZES.wide);
    await valeria.getByRole("button", { name: "Más", exact: true }).click();
    await valeria.getByRole("menuitem", { name: what }).click();
    await expect(dialog).toBeVisible();
  };

  await test.step("what was being written becomes the question; limits stand at the fields", async () => {
    await valeria.keyboard.type("¿Qué día prefiere?");
    await begin("Botones o lista");
    await expect(dialog.getByLabel("Pregunta")).toHaveValue("¿Qué día prefiere?");
    await expect(dialog.getByLabel("Botón").first()).toHaveAttribute("maxlength", "20");
    await dialog.getByLabel("Botón").first().fill("Sábado");
    await dialog.getByRole("button", { name: "Agregar otra" }).click();
    await dialog.getByLabel("Botón").nth(1).fill("sábado");
    await dialog.getByRole("button", { name: "Enviar", exact: true }).click();
    await expect(dialog.getByRole("alert")).toContainText("Dos opciones dicen lo mismo");
    await dialog.getByLabel("Botón").nth(1).fill("Lunes");
    await expect(dialog.locator('[data-shown="opts"]')).toHaveText("SábadoLunes");
    await inspect(valeria, "builder-buttons", { scope: "#builder" });
    await dialog.getByRole("button", { name: "Enviar", exact: true }).click();
    await expect(dialog).toHaveCount(0);
    await expect(at(valeria).draft).toHaveValue("");
    await expect(at(valeria).thread.locator(".msg.out")).toHaveCount(1);
  });
  await test.step("a menu", async () => {
    await begin("Botones o lista");
    await dialog.getByRole("radio", { name: "Lista" }).check();
    await dialog.getByLabel("Pregunta").fill("¿En qué sede?");
    await dialog.getByLabel("Opción").first().fill("Miraflores");
    await dialog.getByLabel("Descripción").first().fill("Av. Larco 743");
    await inspect(valeria, "builder-list", { scope: "#builder" });
    await valeria.keyboard.press("Escape");
    await expect(dialog.getByLabel("Descripción").first()).toHaveValue("Av. Larco 743");
    await dialog.getByRole("button", { name: "Enviar", exact: true }).click();
    await expect(at(valeria).thread.locator(".msg.out")).toHaveCount(2);
  });
  await test.step("a place, from what a map copies", async () => {
    await begin("Enviar ubicación");
    await dialog.getByLabel("Coordenadas").fill("junto al parque");
    await dialog.getByRole("button", { name: "Enviar", exact: true }).click();
    await expect(dialog.getByRole("alert")).toContainText("No se reconoce el lugar");
    await dialog.getByLabel("Coordenadas").fill("https://www.google.com/maps/@-12.1211,-77.0297,17z");
    await dialog.getByLabel("Nombre del lugar").fill("Clínica Dental Sonrisas");
    await inspect(valeria, "builder-place", { scope: "#builder" });
    await dialog.getByRole("button", { name: "Enviar", exact: true }).click();
    await expect(at(valeria).bubble("Clínica Dental Sonrisas")).toBeVisible();
  });
  await expect.poll(async () => (await vendor.call(`sent?to=${lucia.phone}`)).length).toBe(3);
  const kinds = (await vendor.call(`sent?to=${lucia.phone}`)).map(({ payload }) => payload.interactive?.type ?? payload.type);
  expect(kinds).toEqual(["button", "list", "location"]);
});

test("an answer for later: planned, changed, asked about when the customer writes first", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const lucia = vendor.customer();
  await lucia.write("Me sacaron la muela");
  await openFromList(valeria, lucia.name);
  const dialog = valeria.locator("#later");
  const card = valeria.locator(".plan");
  const plan = async (text) => {
    await valeria.setViewportSize(SIZES.wide);
    await at(valeria).draft.fill(text);
    await valeria.getByRole("button", { name: "Más opciones de envío" }).click();
    await valeria.getByRole("menuitem", { name: "Enviar más tarde" }).click();
    await expect(dialog).toBeVisible();
  };

  await test.step("not beyond the window, where only a template goes", async () => {
    await plan("¿Cómo amaneció?");
    await inspect(valeria, "later", { scope: "#later" });
    const field = dialog.getByLabel("Fecha y hora");
    await field.evaluate((input) => {
      input.removeAttribute("max");
      input.value = `${new Date().getFullYear() + 0}-12-31T09:00`;
    });
    await dialog.getByRole("button", { name: "Programar" }).click();
    await expect(dialog.getByRole("alert")).toContainText("ya no se puede escribir libremente");
    await expect(dialog.getByRole("button", { name: "Plantillas" })).toBeVisible();
  });
  await test.step("within it, it stands under the thread", async () => {
    await dialog.getByRole("button", { name: "En una hora" }).click();
    await dialog.getByRole("button", { name: "Programar" }).click();
    await expect(dialog).toHaveCount(0);
    await expect(card).toContainText("¿Cómo amaneció?");
    await expect(at(valeria).draft).toHaveValue("");
    await inspect(valeria, "planned", { scope: "#thread-pane" });
    await valeria.setViewportSize(SIZES.wide);
  });
  await test.step("its words go back into the field", async () => {
    await card.getByRole("button", { name: "Editar" }).click();
    await expect(card).toHaveCount(0);
    await expect(at(valeria).draft).toHaveValue("¿Cómo amaneció?");
  });
  await test.step("the customer writes first: nobody sends it but a person", async () => {
    await plan("¿Cómo amaneció la muela?");
    await dialog.getByRole("button", { name: "En una hora" }).click();
    await dialog.getByRole("button", { name: "Programar" }).click();
    await expect(card).toContainText("Se enviará");
    await lucia.write("Ya no me duele");
    await expect(card).toContainText("el cliente escribió después");
    await inspect(valeria, "planned-asked", { scope: "#thread-pane" });
    await valeria.setViewportSize(SIZES.wide);
    await card.getByRole("button", { name: "Enviar ahora" }).click();
    await expect(card).toHaveCount(0);
    await expect(at(valeria).bubble("¿Cómo amaneció la muela?")).toBeVisible();
  });
  await expect.poll(() => lucia.received()).toEqual(["¿Cómo amaneció la muela?"]);
});
