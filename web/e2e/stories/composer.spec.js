import { clockOff } from "../support/clock.js";
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
    await expect(valeria.locator(".slash [data-with]")).toContainText("Tarifario <b>2026</b>.pdf");
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
    await inspect(valeria, "planned-file", { scope: ".planned" });
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

test("send and resolve, send and snooze: by menu and by keyboard", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const [luis, hugo] = [vendor.customer(), vendor.customer()];
  await luis.write("¿A qué hora abren?");
  await openFromList(valeria, luis.name);
  await at(valeria).draft.fill("A las ocho. ¡Hasta luego!");
  await at(valeria).draft.press("Control+Enter");
  await expect(at(valeria).row(luis.name)).toHaveCount(0);
  await expect(at(valeria).toast).toContainText("resuelta");
  await expect.poll(() => luis.received()).toEqual(["A las ocho. ¡Hasta luego!"]);

  await hugo.write("¿Ya están los resultados?");
  await openFromList(valeria, hugo.name);
  await at(valeria).draft.fill("Mañana le confirmo");
  const more = valeria.getByRole("button", { name: "Más opciones de envío" });
  await more.focus();
  await valeria.keyboard.press("Enter");
  await expect(valeria.getByRole("menuitem", { name: "Enviar y resolver" })).toBeFocused();
  await inspect(valeria, "send-menu", { scope: "#dock" });
  await valeria.setViewportSize(SIZES.wide);
  await valeria.keyboard.press("Escape");
  await expect(more).toBeFocused();
  await valeria.keyboard.press("Enter");
  await valeria.keyboard.press("ArrowDown");
  await valeria.keyboard.press("Enter");
  await expect(valeria.locator("#snooze")).toBeVisible();
  await expect.poll(() => hugo.received()).toEqual(["Mañana le confirmo"]);
});

for (const hours of [1, -1]) {
  test(`a clock ${Math.abs(hours)} h ${hours > 0 ? "ahead" : "behind"}: windows and waits are by the server's`, async ({ open, office, vendor }) => {
    await office.atWork("valeria");
    const carmen = vendor.customer();
    const closes = Math.floor(Date.now() / 1000) + 40 * 60;
    await carmen.write("¿Me ayudan?", { at: closes - 24 * 3600 });
    const valeria = await open("valeria", "/inbox", { before: (page) => clockOff(page, hours) });
    await openFromList(valeria, carmen.name);
    await expect(at(valeria).dock).toHaveAttribute("data-mode", "open");
    await expect(valeria.locator("#window .num")).toHaveText(/^(39|40) min$/);
    await at(valeria).draft.fill("Sí, dígame");
    await at(valeria).draft.press("Enter");
    await expect.poll(() => carmen.received()).toEqual(["Sí, dígame"]);
    const shown = await at(valeria).bubble("Sí, dígame").locator("time").getAttribute("datetime");
    expect(Math.abs(Date.parse(shown) - Date.now())).toBeLessThan(60_000);

    // It closes at its second, not an hour before or after.
    const andres = vendor.customer();
    const soon = Math.floor(Date.now() / 1000) + 8;
    await andres.write("Última pregunta", { at: soon - 24 * 3600 });
    await openFromList(valeria, andres.name);
    await expect(at(valeria).dock).toHaveAttribute("data-mode", "closed", { timeout: 30_000 });
    const late = Date.now() - soon * 1000;
    expect(late).toBeGreaterThanOrEqual(-200);
    expect(late).toBeLessThan(4000);
  });
}

test("sent into a conversation that is somebody else's by now: the words are not lost", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const julia = vendor.customer();
  await julia.write("¿Hay citas el sábado?");
  await openFromList(valeria, julia.name);
  const id = valeria.url().split("/").pop();
  await valeria.context().setOffline(true);
  await at(valeria).draft.fill("El sábado a las diez");
  await at(valeria).draft.press("Enter");
  await office.atWork("mateo");
  const mateo = await open("mateo");
  const { person } = await mateo.evaluate(() => ({ person: document.body.dataset.me }));
  await office.command("gabriela", "POST", `/conversations/${id}/assignee`, { person });
  await valeria.context().setOffline(false);
  const card = valeria.locator("#offers > li").filter({ has: valeria.locator("textarea") });
  await expect(card.locator("textarea").first()).toHaveValue("El sábado a las diez", { timeout: 30_000 });
  expect(await julia.received()).toEqual([]);
});

test("what an outcome asks for is asked for in the same step", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const admin = await open("admin", "/admin/attributes");
  await admin.getByLabel("Nombre").fill("Número de historia");
  await admin.locator('form[action="/admin/attributes"] [type="submit"]').click();
  await expect(admin.getByRole("status")).toBeVisible();
  const outcomes = await open("admin", "/admin/outcomes");
  const form = outcomes.locator('form[action="/admin/outcomes"]');
  await form.getByLabel("Nombre").fill("Historia abierta");
  await form.getByLabel("Número de historia").check();
  await form.locator('[type="submit"]').click();
  await expect(outcomes.getByRole("status")).toBeVisible();

  const valeria = await open("valeria");
  const pablo = vendor.customer();
  await pablo.write("Soy paciente nuevo");
  await openFromList(valeria, pablo.name);
  await valeria.locator("#thread-title").focus();
  await valeria.keyboard.press("Shift+E");
  const dialog = valeria.locator("#close");
  await dialog.getByRole("button", { name: /Historia abierta/ }).click();
  const field = dialog.getByLabel("Número de historia");
  await expect(field).toBeFocused();
  await inspect(valeria, "close-fields", { scope: "#close" });
  await valeria.setViewportSize(SIZES.wide);
  await valeria.keyboard.press("Enter");
  await expect(dialog).toBeVisible();
  await field.fill("H-204");
  await valeria.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await expect(at(valeria).row(pablo.name)).toHaveCount(0);
});
