import { at, expect, openFromList, test } from "../support/house.js";
import { flaws } from "../support/inspect.js";
import { wireOf } from "../support/wire.js";

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

test("what is typed in a card is not lost by a click beside it, nor by who was faster", async ({ open, office, vendor }) => {
  const admin = await open("admin", "/admin/attributes");
  const fresh = admin.getByRole("form", { name: "Nuevo dato" });
  await fresh.getByLabel("Nombre").fill("Póliza");
  await fresh.getByLabel(/^Reservado/).check();
  await fresh.getByRole("button", { name: "Guardar" }).click();
  await expect(admin.getByRole("status")).toBeVisible();
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const lucia = vendor.customer();
  await lucia.write("Cambié de seguro");
  await openFromList(valeria, lucia.name);
  const gabriela = await open("gabriela", new URL(valeria.url()).pathname);
  const cardOf = async (page) => {
    await page.getByRole("button", { name: "Editar", exact: true }).click();
    return page.locator("#card");
  };
  const save = (card) => card.getByRole("button", { name: "Guardar" }).click();
  let card = await cardOf(valeria);

  await test.step("only a whole click beside it closes it, and only while nothing is written", async () => {
    const { x, y } = await card.boundingBox();
    await valeria.mouse.click(x + 4, y + 4);
    await expect(card).toBeVisible();
    const field = await card.getByLabel("Nombre").boundingBox();
    await valeria.mouse.move(field.x + 40, field.y + 10);
    await valeria.mouse.down();
    await valeria.mouse.move(x - 60, field.y + 10, { steps: 4 });
    await valeria.mouse.up();
    await expect(card).toBeVisible();
    await valeria.mouse.click(x - 60, y + 40);
    await expect(card).toHaveCount(0);
    card = await cardOf(valeria);
    await card.getByLabel("Nombre").fill("Lucía Mía");
    await valeria.mouse.click(x - 60, y + 40);
    await expect(card.getByLabel("Nombre")).toHaveValue("Lucía Mía");
  });

  await test.step("somebody wrote elsewhere on it: both go through", async () => {
    const theirs = await cardOf(gabriela);
    await theirs.getByLabel("Idioma que pidió").selectOption("pt");
    await theirs.getByLabel("Cliente VIP").check();
    await save(theirs);
    await expect(theirs).toHaveCount(0);
    await save(card);
    await expect(card).toHaveCount(0);
    await expect(valeria.locator("#details-pane h3").first()).toHaveText("Lucía Mía");
    await expect(gabriela.locator("#details-pane h3").first()).toHaveText("Lucía Mía");
    const again = await cardOf(gabriela);
    await expect(again.getByLabel("Idioma que pidió")).toHaveValue("pt");
    await expect(again.getByLabel("Cliente VIP")).toBeChecked();
    await again.getByRole("button", { name: "Cancelar" }).click();
  });

  await test.step("both wrote the same: mine stays, theirs is offered, and the next saving goes through", async () => {
    card = await cardOf(valeria);
    await card.getByLabel("Nombre").fill("Lucía Mía Dos");
    await card.getByLabel("Seguro").selectOption("Rímac");
    const theirs = await cardOf(gabriela);
    await theirs.getByLabel("Nombre").fill("Lucía Suya");
    await theirs.getByLabel("Seguro").selectOption("Pacífico");
    await save(theirs);
    await expect(theirs).toHaveCount(0);
    await save(card);
    await expect(card.getByRole("alert")).toContainText("Lo tuyo sigue aquí");
    await expect(card.getByLabel("Nombre")).toHaveValue("Lucía Mía Dos");
    await expect(card.locator("[data-theirs]")).toHaveText([/Otra persona puso: Lucía Suya/, /Otra persona puso: Pacífico/]);
    expect(await flaws(valeria, { scope: "#card" })).toEqual([]);
    await card.locator("[data-theirs]").last().getByRole("button", { name: "Usar lo suyo" }).click();
    await expect(card.getByLabel("Seguro")).toHaveValue("Pacífico");
    await save(card);
    await expect(card).toHaveCount(0);
    await expect(valeria.locator("#details-pane")).toContainText("Pacífico");
    await expect(at(valeria).row("Lucía Mía Dos")).toBeVisible();
  });

  await test.step("what they filled in is hidden by now: it is told as it is shown, and mine is not put over it unseen", async () => {
    card = await cardOf(valeria);
    await card.getByLabel("Póliza").fill("MIA-1");
    const theirs = await cardOf(gabriela);
    await theirs.getByLabel("Póliza").fill("SUYA-20419");
    await save(theirs);
    await expect(theirs).toHaveCount(0);
    await save(card);
    await expect(card.locator("[data-theirs]")).toHaveText(/Otra persona puso: \S*•/);
    await expect(card.getByLabel("Póliza")).toHaveValue("MIA-1");
    expect(await flaws(valeria, { scope: "#card" })).toEqual([]);
    await card.locator("[data-theirs]").getByRole("button", { name: "Usar lo suyo" }).click();
    await expect(card.getByLabel("Póliza")).toHaveCount(0);
    await expect(card.locator('[data-key="poliza"]')).toContainText("•");
    await save(card);
    await expect(card).toHaveCount(0);
  });
});

test("what is typed in the panel is kept: another conversation, a long cut, a colleague, and when it is somebody else's", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  let wire;
  const valeria = await open("valeria", "/inbox", { before: async (page) => (wire = await wireOf(page)) });
  const [lucia, jorge] = [vendor.customer(), vendor.customer()];
  await lucia.write("Hola");
  await jorge.write("Buenas");
  await openFromList(valeria, lucia.name);
  const id = valeria.url().split("/").pop();
  const gabriela = await open("gabriela", `/inbox/${id}`);
  const write = async (fill) => {
    await gabriela.getByRole("button", { name: "Editar", exact: true }).click();
    await fill(gabriela.locator("#card"));
    await gabriela.locator("#card").getByRole("button", { name: "Guardar" }).click();
    await expect(gabriela.locator("#card")).toHaveCount(0);
  };
  await write((card) => card.getByLabel("Seguro").selectOption("Sin seguro"));
  const panel = valeria.locator("#details-pane");
  const field = panel.getByLabel("Seguro", { exact: true });
  const begin = async () => {
    await panel.getByRole("button", { name: "Editar Seguro" }).click();
    await field.selectOption("Rímac");
  };

  await begin();
  await test.step("back from another conversation", async () => {
    await openFromList(valeria, jorge.name);
    await expect(panel.locator(".inline-edit")).toHaveCount(0);
    await openFromList(valeria, lucia.name);
    await expect(field).toHaveValue("Rímac");
  });
  await test.step("all drawn anew after a long cut", async () => {
    await field.focus();
    await wire.unplug();
    await lucia.write("¿Sigue ahí?");
    wire.rewrite = (text) => (text.includes('"hello"') ? JSON.stringify({ ...JSON.parse(text), since: 0 }) : text);
    await wire.plugIn();
    await expect(at(valeria).bubble("¿Sigue ahí?")).toHaveCount(1);
    expect(wire.frames.some((frame) => frame.includes('"reset"'))).toBe(true);
    await expect(field).toHaveValue("Rímac");
    await expect(field).toBeFocused();
  });
  await test.step("left with Esc, the panel shows what a colleague wrote meanwhile", async () => {
    await write(async (card) => {
      await card.getByLabel("Nombre").fill("Lucía de Gabriela");
      await card.getByLabel("Seguro").selectOption("Pacífico");
    });
    await expect(at(valeria).row("Lucía de Gabriela")).toBeVisible();
    await expect(field).toHaveValue("Rímac");
    await field.press("Escape");
    await expect(panel.locator("h3").first()).toHaveText("Lucía de Gabriela");
    await expect(panel).toContainText("Pacífico");
  });
  await test.step("a colleague wrote the same field: theirs is told, and mine goes when it is taken again", async () => {
    await begin();
    await write((card) => card.getByLabel("Seguro").selectOption(""));
    const take = panel.locator(".inline-edit").getByRole("button", { name: "Guardar" });
    await take.click();
    await expect(panel.locator(".inline-edit .err")).toHaveText("Otra persona lo borró. Si guardas, queda lo tuyo.");
    expect(await flaws(valeria, { scope: "#details-pane" })).toEqual([]);
    await take.click();
    await expect(panel.locator(".inline-edit")).toHaveCount(0);
    await expect(panel).toContainText("Rímac");
  });
  await test.step("somebody else's now: it is given back", async () => {
    await panel.getByRole("button", { name: "Editar Seguro" }).click();
    await field.selectOption("Pacífico");
    await office.atWork("mateo");
    const mateo = await open("mateo");
    const { person } = await mateo.evaluate(() => ({ person: document.body.dataset.me }));
    await office.command("gabriela", "POST", `/conversations/${id}/assignee`, { person });
    await expect(valeria.locator("#offers textarea")).toHaveValue("Seguro: Pacífico");
  });
});
