// What is one's own: how things look, where one is signed in, the password, the second factor.
import { createHmac } from "node:crypto";

import { at, expect, live, openFromList, test } from "../support/house.js";
import { SIZES, flaws, inspect } from "../support/inspect.js";
import { newcomer } from "../support/newcomer.js";

const FIRST = "el tren de las cinco y media";
const ANOTHER = "mi abuela vende mangos en Piura";

/** What an app makes of a key, so many steps from now (RFC 6238). */
function code(key, ahead = 0) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...key.toUpperCase().replace(/[^A-Z2-7]/g, "")].map((one) => letters.indexOf(one).toString(2).padStart(5, "0")).join("");
  const bytes = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const mac = createHmac("sha1", bytes).update(step).digest();
  const from = mac[19] & 15;
  return String((mac.readUInt32BE(from) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** Somebody new, in the browser in which they chose their password. */
async function begins(open, house, name) {
  const { email, path } = await newcomer(house, name);
  const page = await open(null, path);
  expect(await flaws(page), "the welcome").toEqual([]);
  await page.getByLabel("Contraseña nueva").fill(FIRST);
  await page.getByRole("button", { name: "Guardar y entrar" }).click();
  await expect(page).toHaveURL(/\/inbox/);
  return { email, page };
}

/** A browser of its own in which somebody signs in by hand. */
async function signsIn(open, email, password = FIRST) {
  const page = await open(null, "/sign-in");
  await page.getByLabel("Correo").fill(email);
  await page.getByLabel("Contraseña", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Entrar" }).click();
  return page;
}

test("density, text, theme and zone are seen before they are saved, and on every page afterwards", async ({ open, office, vendor }) => {
  await office.atWork("camila");
  const camila = await open("camila");
  const customer = vendor.customer();
  await customer.write("¿Atienden los sábados?");
  const row = at(camila).row(customer.name);
  await expect(row).toBeVisible();
  const tall = (await row.boundingBox()).height;
  const lima = await row.locator("time").innerText();

  await camila.goto("/me");
  await live(camila);
  await inspect(camila, "me-settings");
  const look = camila.locator("#look");
  await look.getByRole("radio", { name: "Compacta" }).check();
  await expect(camila.locator("html")).toHaveAttribute("data-density", "compact");
  await look.getByRole("radio", { name: "Oscuro" }).check();
  const zone = look.getByRole("combobox", { name: "Zona horaria" });
  await expect(zone).toHaveValue("La de la empresa (America/Lima)");
  await zone.fill("tokio");
  await expect(look.getByText("Ninguna zona se llama así")).toBeVisible();
  await zone.fill("sao paulo");
  await expect(look.getByRole("option")).toHaveText([/^Sao Paulo \(GMT−03:00\)$/]);
  await zone.press("Enter");
  await expect(zone).toHaveValue(/^Sao Paulo/);
  await look.getByRole("button", { name: "Guardar" }).click();
  await expect(look.getByRole("status").filter({ hasText: "Preferencias guardadas" })).toBeVisible();
  await expect(zone).toHaveValue(/^Sao Paulo/);

  await camila.setViewportSize(SIZES.wide);
  await camila.goto("/inbox");
  await live(camila);
  await expect(camila.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect.poll(async () => (await row.boundingBox()).height).toBeLessThan(tall - 6);
  const [hour, minute] = lima.split(":").map(Number);
  const there = `${(hour + 2) % 24}:${String(minute).padStart(2, "0")}`;
  await expect(row.locator("time")).toHaveText(there);
  await openFromList(camila, customer.name);
  await expect(at(camila).bubble("¿Atienden los sábados?").locator("time").first()).toHaveText(there);
  await inspect(camila, "inbox-compact");
  await office.command("camila", "POST", "/me/preferences", { theme: "system", density: "comfortable", zone: "" });
});

test("another browser is sent away, and the password changed", async ({ open, house }) => {
  const { email, page: diana } = await begins(open, house, "Diana Salas");
  await live(diana);
  const here = await signsIn(open, email);
  await expect(here).toHaveURL(/\/inbox/);
  await here.goto("/me");
  const sessions = here.locator("#sessions");
  await expect(sessions.locator("[data-session]").first()).toContainText("Este equipo");
  await expect(sessions.locator("[data-session]").filter({ hasText: "Chrome en Linux" })).toHaveCount(2);
  await sessions.getByRole("button", { name: /^Cerrar: Chrome en Linux/ }).first().click();
  await expect(sessions.getByRole("status")).toHaveText("Sesión cerrada");
  await expect(diana.getByRole("dialog", { name: "Tu sesión terminó" })).toBeVisible();
  await diana.getByRole("link", { name: "Entrar" }).click();
  await expect(diana.getByLabel("Correo")).toBeVisible();

  const password = here.locator("#password");
  const change = async (current, wanted) => {
    await password.getByLabel("Contraseña actual").fill(current);
    await password.getByLabel("Contraseña nueva").fill(wanted);
    await password.getByRole("button", { name: "Cambiar contraseña" }).click();
  };
  await change(FIRST, "contraseña123");
  await expect(password.getByRole("alert")).toContainText("fácil de adivinar");
  await expect(password.getByLabel("Contraseña nueva")).toBeFocused();
  await change("no-es-esta-clave", ANOTHER);
  await expect(password.getByRole("alert")).toHaveText("Esa no es tu contraseña actual.");
  await inspect(here, "me-password-wrong");
  await change(FIRST, ANOTHER);
  await expect(password.getByRole("status")).toContainText("Contraseña cambiada");
  await expect(here.locator("[data-session]")).toHaveCount(1);
  const again = await signsIn(open, email, ANOTHER);
  await expect(again).toHaveURL(/\/inbox/);
});

test("a second factor is set up, asked for, and replaced by a recovery code once", async ({ open, house }) => {
  test.slow();
  const { email, page: rafael } = await begins(open, house, "Rafael Luna");
  await rafael.goto("/me");
  const factor = rafael.locator("#factor");
  await factor.getByLabel("Contraseña actual").fill(FIRST);
  await factor.getByRole("button", { name: "Configurar" }).click();
  await expect(rafael.getByRole("img", { name: /Imagen con la clave/ })).toBeVisible();
  const key = await rafael.locator("#key-text").innerText();
  await inspect(rafael, "factor-key");
  await rafael.getByLabel("Escribe el código").fill("000000");
  await rafael.getByRole("button", { name: "Confirmar" }).click();
  await expect(rafael.getByRole("alert")).toContainText("no corresponde a esta clave");
  await expect(rafael.locator("#key-text")).toHaveText(key);
  // The last one still counts for a moment: then the next is there without waiting.
  await rafael.getByLabel("Escribe el código").fill(code(key, Date.now() % 30_000 < 25_000 ? -1 : 0));
  await rafael.getByRole("button", { name: "Confirmar" }).click();
  const recovery = await rafael.locator("#recovery code").allInnerTexts();
  expect(recovery).toHaveLength(10);
  await inspect(rafael, "factor-codes");
  await rafael.getByRole("link", { name: "Ya los guardé" }).click();
  await expect(factor).toContainText("Te quedan 10 códigos de respaldo.");
  await inspect(rafael, "me-factor");

  const phone = await signsIn(open, email);
  await expect(phone.getByRole("heading", { name: "Confirma que eres tú" })).toBeVisible();
  await inspect(phone, "sign-in-code");
  await phone.getByLabel("Código").fill("000000");
  await phone.getByRole("button", { name: "Verificar" }).click();
  await expect(phone.getByRole("alert")).toContainText("no es correcto");
  // The code that confirmed the app is used up.
  await expect(async () => {
    await phone.getByLabel("Código").fill(code(key));
    await phone.getByRole("button", { name: "Verificar" }).click();
    await expect(phone).toHaveURL(/\/inbox/, { timeout: 2_000 });
  }).toPass({ timeout: 60_000, intervals: [1000, 12_000] });

  const lost = await signsIn(open, email);
  await lost.getByLabel("Código").fill(recovery[0].toLowerCase());
  await lost.getByRole("button", { name: "Verificar" }).click();
  await expect(lost).toHaveURL(/\/inbox/);
  await lost.goto("/me");
  await expect(lost.locator("#factor")).toContainText("Te quedan 9 códigos de respaldo.");
  const off = lost.locator("#factor details").filter({ hasText: "Desactivar" });
  await off.locator("summary").click();
  await off.getByLabel("Contraseña actual").fill(FIRST);
  await off.getByLabel("Código de la app o de respaldo").fill(recovery[0]);
  await off.getByRole("button", { name: "Desactivar" }).click();
  await expect(lost.locator("#factor").getByRole("alert")).toContainText("ya se usó");
  await inspect(lost, "me-factor-wrong");
  await lost.locator("#factor-off-password").fill(FIRST);
  await lost.locator("#factor-off-code").fill(recovery[1]);
  await lost.locator("#factor details[open]").getByRole("button", { name: "Desactivar" }).click();
  await expect(lost.locator("#factor").getByRole("status")).toHaveText("Segundo paso desactivado");
});
