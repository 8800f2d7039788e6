import { at, expect, openFromList, test } from "../support/house.js";
import { flaws } from "../support/inspect.js";

test("an admin asks for a document, an agent writes it down, and a colleague sees it", async ({ open, office, vendor }) => {
  const admin = await open("admin", "/admin/attributes");
  const form = admin.getByRole("form", { name: "Nuevo dato" });
  await form.getByLabel("Nombre").fill("DNI");
  await form.getByLabel("Tipo").selectOption("DNI");
  await form.getByLabel(/^Reservado/).check();
  await form.getByRole("button", { name: "Guardar" }).click();
  await expect(admin.getByRole("status")).toHaveText("El dato está guardado.");
  await expect(admin.getByRole("cell", { name: "DNI" }).first()).toBeVisible();

  await office.atWork("valeria");
  const valeria = await open("valeria");
  const lucia = vendor.customer();
  await lucia.write("Hola, quisiera una cita");
  await openFromList(valeria, lucia.name);
  const gabriela = await open("gabriela", "/floor");
  await expect(gabriela.locator("main")).toContainText(lucia.name);

  const card = valeria.locator("#card");
  await test.step("what is wrong is told beside what was typed", async () => {
    await valeria.getByRole("button", { name: "Editar" }).click();
    await card.getByLabel("DNI").fill("12");
    await card.getByRole("button", { name: "Guardar" }).click();
    await expect(card.getByRole("alert")).toHaveText("DNI: no tiene la forma de un DNI.");
    await expect(card.getByLabel("DNI")).toHaveValue("12");
    expect(await flaws(valeria, { scope: "#card" })).toEqual([]);
  });
  await test.step("saved, it stands in the panel, and the new name on every page", async () => {
    await card.getByLabel("DNI").fill("12.345.678");
    await card.getByLabel("Nombre").fill("Lucía de la Cruz");
    await card.getByLabel("Cliente VIP").check();
    await card.getByRole("button", { name: "Guardar" }).click();
    await expect(card).toHaveCount(0);
    await expect(at(valeria).toast).toContainText("Datos guardados");
    const panel = valeria.locator("#details-pane");
    await expect(panel).toContainText("1••••678");
    await expect(at(valeria).row("Lucía de la Cruz").locator(".star")).toBeVisible();
    await expect(gabriela.locator("main")).toContainText("Lucía de la Cruz");
  });
  await test.step("what is reserved is shown when asked for, and written in its place", async () => {
    const panel = valeria.locator("#details-pane");
    await panel.getByRole("button", { name: "Mostrar DNI" }).click();
    await expect(panel).toContainText("12345678");
    await panel.getByRole("button", { name: "Ocultar DNI" }).click();
    await expect(panel).not.toContainText("12345678");
    await panel.getByRole("button", { name: "Editar DNI" }).click();
    await expect(panel.getByRole("textbox", { name: "DNI" })).toHaveValue("12345678");
    await valeria.keyboard.press("Escape");
    await expect(panel.getByRole("button", { name: "Editar DNI" })).toBeFocused();
    await valeria.getByRole("button", { name: "Editar", exact: true }).click();
    await expect(card).toContainText("1••••678");
    await expect(card.getByLabel("DNI")).toHaveCount(0);
    await card.getByRole("button", { name: "Cancelar" }).click();
  });
});
