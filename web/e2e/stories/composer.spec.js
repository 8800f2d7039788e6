import { inspect, SIZES } from "../support/inspect.js";
import { at, expect, openFromList, test } from "../support/house.js";

const PDF = Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");
const paper = (name) => ({ name, mimeType: "application/pdf", buffer: PDF });

test("a quick reply with a file: kept, put into the tray, sent, and planned", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const admin = await open("valeria", "/macros");
  await test.step("brought with the quick reply", async () => {
    await admin.getByLabel("Nombre").fill("Tarifario 2026");
    await admin.locator("textarea[name=body]").fill("{{contact.first_name}}, este es el tarifario.");
    await admin.locator("[data-macro-file]").setInputFiles([paper("Tarifario <b>2026</b>.pdf"), paper("Sobra.pdf")]);
    await expect(admin.locator("[data-macro-files] li")).toHaveCount(2);
    await expect(admin.locator("[data-macro-files] progress")).toHaveCount(0);
    await admin.locator("[data-macro-file]").setInputFiles({ name: "virus.exe", mimeType: "application/x-msdownload", buffer: Buffer.from("MZ\x90\0\x03") });
    await expect(at(admin).toast).toContainText("virus.exe");
    await admin.getByRole("button", { name: "Quitar Sobra.pdf" }).click();
    await admin.getByRole("button", { name: "Guardar" }).click();
    await expect(admin.getByRole("status")).toHaveText("La respuesta rápida está guardada.");
    await admin.getByRole("link", { name: "Cambiar /tarifario-2026" }).click();
    await expect(admin.locator("[data-macro-files] li")).toHaveText(/Tarifario <b>2026<\/b>\.pdf/);
    await inspect(admin, "macros-files");
  });

  const valeria = await open("valeria");
  const elena = vendor.customer();
  await elena.write("¿Me pasas los precios?");
  await openFromList(valeria, elena.name);
  const useIt = async () => {
    await at(valeria).draft.click();
    await valeria.keyboard.type("/tarifario");
    await expect(valeria.locator("[data-files]")).toContainText("Tarifario <b>2026</b>.pdf");
    await valeria.keyboard.press("Enter");
    await expect(valeria.locator("#tray li")).toContainText("Tarifario <b>2026</b>.pdf");
    await expect(valeria.locator("#tray progress")).toBeHidden();
  };
  await test.step("used, its file is attached and goes with the words", async () => {
    await useIt();
    await inspect(valeria, "tray-of-macro", { scope: "#dock" });
    await valeria.setViewportSize(SIZES.wide);
    await at(valeria).draft.press("Enter");
    await expect(at(valeria).bubble("este es el tarifario")).toContainText("Tarifario <b>2026</b>.pdf");
    await expect.poll(() => elena.received().then((all) => all.length)).toBe(1);
  });
  const card = valeria.locator(".plan");
  const plan = async () => {
    await valeria.getByRole("button", { name: "Más opciones de envío" }).click();
    await valeria.getByRole("menuitem", { name: "Enviar más tarde" }).click();
    await valeria.locator("#later").getByRole("button", { name: "En una hora" }).click();
    await valeria.locator("#later").getByRole("button", { name: "Programar" }).click();
  };
  await test.step("planned with its file, taken back into the tray, planned again", async () => {
    await useIt();
    await plan();
    await expect(card).toContainText("Tarifario <b>2026</b>.pdf");
    await expect(valeria.locator("#tray")).toBeHidden();
    await inspect(valeria, "planned-file", { scope: "#thread-pane" });
    await valeria.setViewportSize(SIZES.wide);
    await card.getByRole("button", { name: "Editar" }).click();
    await expect(card).toHaveCount(0);
    await expect(valeria.locator("#tray li")).toContainText("Tarifario <b>2026</b>.pdf");
    await expect(at(valeria).draft).toHaveValue(/este es el tarifario/);
    await plan();
    await card.getByRole("button", { name: "Enviar ahora" }).click();
    await expect(card).toHaveCount(0);
    await expect.poll(() => elena.received().then((all) => all.length)).toBe(2);
  });
});

test("for a time after the window a template is offered, and planned for that time", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const nora = vendor.customer();
  await nora.write("¿Me escriben pasado mañana?");
  await openFromList(valeria, nora.name);
  const dialog = valeria.locator("#later");
  await at(valeria).draft.fill("¿Sigue en pie la cita?");
  await valeria.getByRole("button", { name: "Más opciones de envío" }).click();
  await valeria.getByRole("menuitem", { name: "Enviar más tarde" }).click();
  const field = dialog.getByLabel("Fecha y hora");
  const closes = await dialog.locator("form").getAttribute("data-closes");
  const late = closes.replace(/T.*/, "T23:59") > closes ? closes.replace(/T.*/, "T23:59") : closes;
  await field.fill(late);
  await expect(dialog.getByRole("alert")).toContainText("ya no se puede escribir libremente");
  await inspect(valeria, "later-beyond", { scope: "#later" });
  await valeria.setViewportSize(SIZES.wide);
  await dialog.getByRole("button", { name: "Plantillas" }).click();
  await valeria.locator("#pick-list .tpl-opt").first().click();
  for (const input of await valeria.locator("#pick-values input").all()) await input.fill("jueves");
  await inspect(valeria, "picker-later", { scope: "#dock" });
  await valeria.setViewportSize(SIZES.wide);
  await valeria.locator('[data-act="pick-later"]').click();
  await expect(dialog.getByLabel("Fecha y hora")).toHaveValue(late);
  await expect(dialog).toContainText("a cualquier hora");
  await dialog.getByRole("button", { name: "Programar" }).click();
  await expect(valeria.locator(".plan")).toContainText("Plantilla");
  await expect(at(valeria).draft).toHaveValue("¿Sigue en pie la cita?");
  expect(await nora.received()).toEqual([]);
});
