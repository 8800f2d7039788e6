// The README's pictures: a morning at the demo's clinic, told over the simulator, and looked at. Run in web/e2e with
// `node pictures/take.js`; the pictures in docs/images are written anew, and made small where pngquant is installed.
import { chromium, request } from "@playwright/test";
import { spawnSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { Demo } from "../support/demo.js";
import { signIn } from "../support/sign-in.js";

const IMAGES = fileURLToPath(new URL("../../../docs/images", import.meta.url));
const PEOPLE = ["valeria", "mateo", "camila", "diego", "renata", "gabriela", "admin"];
const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

const demo = await Demo.start();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
try {
  await tell();
} finally {
  await browser.close();
  await demo.end();
}

async function control(path, body) {
  const answer = await fetch(`${demo.simulator}/control/${path}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** What a customer writes: words or a sample, so many minutes ago. */
function customer(name, from, channel) {
  return async (message, minutes = 0, more = {}) => {
    const what = typeof message === "string" ? { message } : message;
    return (await control("inbound", { from, name, ...(channel && { channel }), ...what, ...(minutes && { at: -60 * minutes }), ...more })).id;
  };
}

async function desk(person) {
  const file = join(demo.folder, `${person}.json`);
  await signIn(demo.url, person, file);
  const web = await request.newContext({ baseURL: demo.url, storageState: file });
  const csrf = (await (await web.get("/me")).text()).match(/name="csrf" content="([^"]+)"/)[1];
  const command = async (method, path, form) => {
    const answer = await web.fetch(path, { method, form, headers: { "X-CSRF": csrf, "HX-Request": "true" } });
    if (!answer.ok()) throw new Error(`${person} ${method} ${path}: ${answer.status()} ${await answer.text()}`);
  };
  const open = async (path = "/inbox", viewport = WIDE, more = {}) => {
    const context = await browser.newContext({ baseURL: demo.url, storageState: file, viewport, locale: "es-PE", timezoneId: "America/Lima", reducedMotion: "reduce", ...more });
    const page = await context.newPage();
    await page.goto(path);
    await page.locator('html[data-live="on"]').waitFor();
    return page;
  };
  return { command, open };
}

async function tell() {
  await mkdir(IMAGES, { recursive: true });
  const at = Object.fromEntries(await Promise.all(PEOPLE.map(async (person) => [person, await desk(person)])));
  const isThere = (person, state = "available") => at[person].command("PUT", "/me/presence", { state });
  for (const person of PEOPLE.slice(0, 5)) await isThere(person, "offline");

  // Lucía was a customer before, and writes again.
  await isThere("valeria");
  const valeria = await at.valeria.open();
  const row = (name) => valeria.locator("#list > li").filter({ has: valeria.getByText(name, { exact: true }) });
  const enter = async (name) => {
    await row(name).locator("a.conv").click();
    await valeria.locator("#thread-title").getByText(name, { exact: true }).waitFor();
    return valeria.url().split("/").pop();
  };
  const answer = async (text) => {
    await valeria.locator("#draft").fill(text);
    await valeria.locator("#draft").press("Enter");
    await valeria.locator("[data-thread] .msg.out").filter({ hasText: text }).locator(".read").waitFor();
  };
  const keep = async (name, choose) => {
    await valeria.locator('.list-head [data-act="filters"]').click();
    await choose(valeria.locator("form.filters"));
    await valeria.locator("#view-name").fill(name);
    await valeria.locator('[data-act="view-save"]').click();
    await valeria.locator("#saved-views").getByText(name, { exact: true }).waitFor();
    await valeria.goto("/inbox");
    await valeria.locator('html[data-live="on"]').waitFor();
  };
  await keep("Espera > 10 min", (form) => form.locator("[name=waits]").fill("10"));
  await keep("Clientes VIP", (form) => form.locator("[name=vip]").check());
  const lucia = customer("Lucía Fernández", "51987412306");
  await lucia({ sample: "image", text: "Esta es de la semana pasada, la marqué donde duele" }, 34);
  await lucia({ sample: "voice" }, 33);
  const talk = await enter("Lucía Fernández");
  await answer("Gracias, ya la vio la doctora Paredes. Te propongo el sábado 21 a las 9:30 con ella.");
  await lucia("Perfecto, el sábado está bien", 0);
  await valeria.locator('.composer-bar [data-act="pick"]').click();
  const template = valeria.locator("#pick-list .tpl-opt").filter({ hasText: "confirmacion_cita" }).filter({ hasText: /· es$/ }).first();
  await template.click();
  const values = ["Lucía", "sábado 21 de noviembre a las 9:30"];
  for (const [n, field] of (await valeria.locator("#pick-values input").all()).entries()) await field.fill(values[n] ?? "Miraflores");
  await valeria.locator('[data-act="pick-send"]').click();
  await valeria.locator("[data-thread] .msg.out").filter({ hasText: "confirmacion_cita" }).locator(".read").waitFor();
  for (const tag of ["endodoncia", "seguro-rímac"]) await at.gabriela.command("POST", `/conversations/${talk}/tags`, { tag, on: "true" });
  await valeria.locator('#details-pane [data-act="card"]').click();
  const card = valeria.locator("#card");
  await card.locator("[name=vip]").check();
  await card.locator("[name=language]").selectOption("es");
  await card.locator('select[name^="field."]').first().selectOption("Rímac");
  await card.locator('[type="submit"]').click();
  await card.waitFor({ state: "detached" });
  await valeria.locator('#details-pane [data-act="consent"]').click();
  const consent = valeria.locator("#consent");
  await consent.locator('[name=given][value="true"]').check();
  await consent.locator("[name=proof]").fill("Al reservar su cita");
  await consent.locator('[type="submit"]').click();
  await consent.waitFor({ state: "detached" });

  // What else Valeria has.
  await customer("Jorge Ramírez", "51944120377")({ sample: "voice" }, 6);
  await customer("Ana Paula Souza", "5511987654321")("Oi! Vocês atendem convênio Bradesco?", 4);
  await customer("Carlos Mendoza", "51955208841")("Perfecto, quedamos el lunes a las 9:30.", 23.2 * 60);
  await customer("María José Ortega", "51966301122")({ sample: "image", text: "" }, 52);
  await customer("Kevin Huamán", "51977415263")("Listo, ya llené el formulario", 95);
  await customer("Sofía Castillo", "51944180552")("Gracias por avisar, lo reviso con mi mamá", 26 * 60);
  for (const name of ["Jorge Ramírez", "Sofía Castillo"]) await row(name).waitFor();
  await enter("Sofía Castillo");
  await enter("Lucía Fernández");
  await isThere("valeria", "pre_pause");

  // The others.
  for (const person of ["mateo", "camila", "diego"]) await isThere(person);
  const others = await Promise.all(["mateo", "camila", "diego"].map((person) => at[person].open()));
  const words = ["¿Me recuerdan mi cita?", "¿Los brackets se pagan en cuotas?", "Se me salió una corona, ¿me pueden ver hoy?", "Me pasan precios de blanqueamiento", "Quiero cambiar mi cita del martes"];
  const names = ["Rosa Elvira Díaz", "Patricia Soto", "Tomás Villanueva", "Miguel Ángel Rivas", "Carla Benítez"];
  for (const [n, name] of names.entries()) await customer(name, `5199900010${n}`)(words[n], n + 1);
  await customer("Emily Carter", "51999000200")("Es una emergencia, me sangra mucho la encía", 1);
  await customer("Julio Paz", "51930118264", "Sonrisas SMS")("Kit de blanqueamiento, por favor", 2);
  await isThere("camila", "pre_pause");
  for (const person of ["mateo", "diego"]) await isThere(person, "pre_pause");
  for (const [n, name] of ["Nora Ibarra", "Hugo Luna"].entries()) await customer(name, `5199900030${n}`)(["¿A qué hora abren el sábado?", "Quisiera una cita"][n], 2);
  for (const person of ["valeria", "mateo", "diego"]) await isThere(person);

  // The last words, and what is being answered.
  await lucia("Genial, ahí estaré 🙌");
  await lucia("¿Aceptan tarjeta y puedo pagar en dos cuotas?");
  await valeria.locator("[data-thread] .msg").filter({ hasText: "dos cuotas" }).waitFor();
  await valeria.locator("#draft").blur();
  await valeria.locator("#toasts > .toast").waitFor({ state: "detached" });
  await picture(valeria, "inbox");
  await picture(valeria, "inbox-dark", "dark");
  await valeria.locator("#draft").focus();
  await valeria.keyboard.type("/pag");
  await valeria.locator(".slash [role=option]").first().waitFor();
  await picture(valeria, "quick-replies");
  await valeria.keyboard.press("Escape");
  await valeria.locator("#draft").fill("");

  const phone = { isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
  await picture(await at.valeria.open("/inbox", PHONE, phone), "phone-list");
  await picture(await at.valeria.open(`/inbox/${talk}`, PHONE, phone), "phone-thread");
  const floor = await at.gabriela.open("/floor");
  await floor.locator("#floor-conversations > tr").first().waitFor();
  await picture(floor, "floor");
  for (const page of [valeria, ...others]) await page.context().close();
}

async function picture(page, name, colorScheme = "light") {
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  // Pictures of customers, and the last of what is drawn.
  await page.waitForLoadState("networkidle");
  const path = join(IMAGES, `${name}.png`);
  await page.screenshot({ path });
  spawnSync("pngquant", ["--force", "--skip-if-larger", "--strip", "--speed", "1", "--quality", "70-95", "--output", path, path]);
}
