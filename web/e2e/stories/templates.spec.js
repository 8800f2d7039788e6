import { at, expect, test } from "../support/house.js";

const DAY = 24 * 3600;

test("an admin writes a template, Meta approves it, and an agent sends it when the window is closed", async ({ open, office, vendor }) => {
  const name = `evaluacion_${Date.now()}`;
  const alonso = await open("admin", "/admin/channels");
  await alonso.getByRole("link", { name: /Sonrisas Lima/ }).first().click();
  await alonso.getByRole("link", { name: "Plantillas" }).click();
  await alonso.getByRole("link", { name: "Nueva plantilla" }).click();
  await alonso.locator("#f-name").fill("Evaluación Lista");
  await alonso.locator('[name="body"]').fill("Hola {{1}}, tu evaluación de alineadores ya está lista. Te esperamos.");
  await expect(alonso.locator('[data-flaw="name"]')).toContainText("Solo minúsculas");
  await expect(alonso.locator("#flaws")).toContainText("Variable 1");
  await alonso.locator("#f-name").fill(name);
  await alonso.locator("#samples input").fill("Sofía");
  await expect(alonso.locator("#p-body")).toHaveText("Hola Sofía, tu evaluación de alineadores ya está lista. Te esperamos.");
  await alonso.locator('[data-act="tpl-add"]').click();
  await alonso.locator('#buttons [data-b="text"]').fill("Sí, quiero agendar");
  await expect(alonso.locator("#no-flaws")).toBeVisible();
  await alonso.getByRole("button", { name: "Enviar a revisión" }).click();
  await expect(alonso.locator("tr", { hasText: name })).toBeVisible();
  await expect(async () => {
    await alonso.reload();
    await expect(alonso.locator("tr", { hasText: name })).toContainText("Aprobada", { timeout: 500 });
  }).toPass({ timeout: 30_000 });

  await office.atWork("valeria");
  const valeria = await open("valeria");
  const customer = vendor.customer();
  await customer.write("¿Me llaman mañana?", { at: -DAY - 3600 });
  await at(valeria).row(customer.name).getByRole("link").click();
  await test.step("found by its words, without their accents; what is filled in stays with its conversation", async () => {
    await valeria.locator("#pick-search").fill("EVALUACION de alineadores ya esta");
    await expect(valeria.locator("#pick-list .tpl-opt:visible")).toContainText([name]);
    await valeria.locator("#pick-list").getByText(name).click();
    await valeria.locator("#pick-values input").fill("Sofía Quiroz");
    const other = vendor.customer();
    await other.write("Hola");
    await at(valeria).row(other.name).getByRole("link").click();
    await expect(valeria.locator("#thread-title")).toHaveText(other.name);
    await at(valeria).row(customer.name).getByRole("link").click();
    await expect(valeria.locator("#pick-values input")).toHaveValue("Sofía Quiroz");
    await expect(valeria.locator("#pick-preview")).toContainText("Hola Sofía Quiroz");
  });
  const send = valeria.getByRole("button", { name: "Enviar plantilla" });
  await valeria.locator("#pick-values input").fill("");
  await expect(send).toBeDisabled();
  await valeria.locator("#pick-values input").fill("Sofía");
  await expect(valeria.locator("#pick-preview")).toContainText("Hola Sofía, tu evaluación");
  await send.click();
  await expect(valeria.locator(".msg.out", { hasText: "Hola Sofía" })).toContainText("Sí, quiero agendar");
  // What the conversation has cost follows by itself.
  await expect(valeria.locator('[id^="spent-"]')).toContainText(/US\$\s*0[.,]0/);
  await expect.poll(() => customer.received()).toEqual(["Hola Sofía, tu evaluación de alineadores ya está lista. Te esperamos."]);
});
