import { expect, test } from "../support/house.js";

test("a lost subscription is found, explained and repaired", async ({ open, vendor }) => {
  const admin = await open("admin", "/admin/channels");
  await admin.getByRole("link", { name: /Sonrisas Lima/ }).first().click();
  await expect(admin.getByRole("heading", { level: 1 })).toHaveText("Sonrisas Lima");
  await vendor.call("account", { waba: "100000000000001", subscribed: false });
  await admin.getByRole("link", { name: "Diagnóstico" }).first().click();
  await admin.getByRole("button", { name: "Comprobar ahora" }).click();
  const line = admin.locator('[data-check="subscription"]');
  await expect(line).toHaveAttribute("data-result", "failed");
  await expect(line).toContainText("Usa «Reparar la suscripción»");
  await admin.getByRole("button", { name: "Reparar la suscripción" }).click();
  await expect(line).toHaveAttribute("data-result", "ok");
  await expect(admin.locator('[data-check="webhook"]')).toHaveAttribute("data-result", "ok");
});

test("a wrong token is refused in words, beside its field, and what was typed stays", async ({ open }) => {
  const admin = await open("admin", "/admin/channels/new?kind=whatsapp_cloud");
  const field = (name) => admin.locator(`[name="${name}"]`);
  await field("name").fill("Sonrisas Quito");
  for (const [name, value] of [["waba", "100000000000001"], ["phone_number_id", "200000000000077"], ["app", "400000000000001"]]) {
    await field(name).fill(value);
  }
  await field("app_secret").fill("demo-app-secret");
  await field("access_token").fill("stolen");
  await admin.getByRole("button", { name: "Comprobar y conectar" }).click();
  await expect(admin.locator(".err")).toContainText("Meta rechaza el token");
  await expect(field("name")).toHaveValue("Sonrisas Quito");
  await expect(field("access_token")).toHaveValue("");
  // The right token, and a number that is not the account's: its numbers are named.
  await field("app_secret").fill("demo-app-secret");
  await field("access_token").fill("demo-access-token");
  await admin.getByRole("button", { name: "Comprobar y conectar" }).click();
  await expect(admin.locator(".err")).toContainText("El número no pertenece a esta cuenta");
  await expect(admin.locator(".err")).toContainText("200000000000001");
});

test("a new number is led through its steps, becomes a channel and takes its first message", async ({ open, vendor }) => {
  const admin = await open("admin", "/admin/channels");
  await admin.getByRole("link", { name: /Sonrisas Lima/ }).first().click();
  await admin.getByRole("link", { name: "Número y perfil" }).click();
  const local = String(10_000_000 + Math.floor(Math.random() * 89_999_999));
  const name = `Sonrisas ${local}`;
  const begin = admin.locator('form[action$="/setups"]');
  await begin.locator('[name="cc"]').fill("51");
  await begin.locator('[name="local"]').fill(local);
  await begin.locator('[name="name"]').fill(name);
  await begin.getByRole("button").click();
  await admin.getByRole("button", { name: "Añadir a la cuenta" }).click();
  await admin.locator(".setup").getByRole("button", { name: "Pedir código" }).click();
  await admin.locator('.setup [name="code"]').fill("000000");
  await admin.getByRole("button", { name: "Verificar código" }).click();
  await expect(admin.locator(".setup .err")).toContainText("El código no es válido");
  const numbers = await vendor.call("numbers");
  const { code } = numbers.find((one) => one.display_phone_number.replace(/\D/g, "") === `51${local}`);
  await admin.locator('.setup [name="code"]').fill(code);
  await admin.getByRole("button", { name: "Verificar código" }).click();
  await admin.locator('.setup [name="pin"]').fill("246810");
  await admin.getByRole("button", { name: "Registrar con PIN" }).click();
  await admin.getByRole("button", { name: "Conectar como canal" }).click();
  await admin.goto("/admin/channels");
  await admin.getByRole("link", { name: new RegExp(name) }).click();
  await expect(admin.getByRole("heading", { level: 1 })).toHaveText(name);
  await admin.getByRole("link", { name: "Número y perfil" }).click();
  await admin.getByLabel("Reabrir").selectOption("7 días");
  await admin.getByRole("button", { name: "Guardar", exact: true }).click();
  await expect(admin.getByText("Cambios guardados")).toBeVisible();
  await expect(admin.getByLabel("Reabrir")).toHaveValue("604800");
  await admin.getByRole("link", { name: "Resumen" }).click();
  await expect(admin.locator(".kv")).toContainText(["ninguno todavía", "7 días"]);
  const message = { channel: `+51${local}`, from: "+51999000111", name: "Rosa", message: "Hola", wait_ms: 20_000 };
  await vendor.call("inbound", message);
  await expect(async () => {
    await admin.reload();
    await expect(admin.locator(".kv time").first()).toBeVisible({ timeout: 1000 });
  }).toPass();
});
