// Every screen in both themes and on both ends of the desk: usable with assistive technology, no sideways scroll.
// SHOTS=1 leaves pictures of them all in test-results/shots.
import { at, expect, openFromList, test } from "../support/house.js";
import { SIZES, inspect } from "../support/inspect.js";

test("the screens of somebody who is not signed in", async ({ open }) => {
  const page = await open(null, "/sign-in");
  await inspect(page, "sign-in");
  await page.goto("/no-such-page");
  await inspect(page, "not-found");
});

test("an agent's screens", async ({ open, office, vendor }) => {
  test.slow();
  await office.atWork("valeria");
  const page = await open("valeria");
  await inspect(page, "inbox-empty");

  const [lucia, jorge, kevin, carmen] = [
    { name: "Lucía Fernández" },
    { name: "Jorge Ramírez" },
    { name: "Kevin Huamán" },
    { name: "Carmen Díaz" },
  ].map((more) => vendor.customer(more));
  await carmen.write("Gracias, nos vemos.", { at: -26 * 3600 });
  await kevin.write("¿Cuánto cuesta la limpieza?", { at: -23.5 * 3600 });
  await jorge.write({ type: "image", image: { id: "900000000000000002", mime_type: "image/jpeg", sha256: "x", caption: "Mi radiografía" } });
  await lucia.write("Hola, buenas tardes. ¿Tienen hora mañana? Me duele una muela desde ayer.", { at: -240 });
  await lucia.write({ type: "location", location: { latitude: -12.1, longitude: -77, name: "Parque Kennedy", address: "Miraflores" } }, { at: -200 });
  for (const one of [lucia, jorge, kevin, carmen]) await expect(at(page).row(one.name)).toBeVisible();
  await inspect(page, "inbox-list");

  await page.setViewportSize(SIZES.wide);
  await openFromList(page, lucia.name);
  for (const text of ["Buenas tardes, Lucía. Sí, tenemos a las 10:30 con la doctora Salas.", "¿Le queda bien?"]) {
    await at(page).draft.fill(text);
    await at(page).draft.press("Enter");
    await expect(at(page).bubble(text).locator(".m")).toContainText("Leído");
  }
  await lucia.write("Sí, perfecto. ¿Aceptan tarjeta?");
  await expect(at(page).bubble("Sí, perfecto. ¿Aceptan tarjeta?")).toBeVisible();
  await vendor.faults({ fail_delivery_code: 131026 });
  await at(page).draft.fill("Claro que sí.");
  await at(page).draft.press("Enter");
  await expect(at(page).bubble("Claro que sí.").locator(".msg-err")).toBeVisible();
  await at(page).draft.fill("Aceptamos todas las tarjetas");
  await inspect(page, "inbox-open");

  await page.setViewportSize(SIZES.wide);
  await at(page).row(carmen.name).getByRole("link").click();
  await expect(page.locator(".dock-closed")).toBeVisible();
  await inspect(page, "inbox-closed");

  await page.locator('[data-act="keys"]').evaluate((button) => button.click());
  await inspect(page, "keys", { scope: "#keys" });
  await page.goto("/me");
  await inspect(page, "me");
});

test("the screens of supervisor and admin", async ({ open, office, vendor }) => {
  test.slow();
  await office.atWork("valeria", "mateo", "camila");
  await office.presence("diego", "paused");
  const desks = [await open("valeria"), await open("mateo")];
  const people = Array.from({ length: 7 }, () => vendor.customer());
  for (const [n, one] of people.entries()) await one.write(["¿Me pueden llamar?", "Quiero una cita", "¿Cuánto cuesta?"][n % 3], { at: -60 * n - 1 });
  await vendor.customer().write("Kit de blanqueamiento, por favor", { channel: "Sonrisas SMS" });
  const floor = await open("gabriela", "/floor");
  await expect(floor.locator("#floor-conversations > tr")).toHaveCount(8);
  await inspect(floor, "floor");
  await floor.setViewportSize(SIZES.wide);
  await floor.locator("#floor-conversations > tr").first().getByRole("button").click();
  await expect(floor.locator("#assign")).toBeVisible();
  await inspect(floor, "assign", { scope: "#assign" });
  for (const desk of desks) await desk.context().close();

  const admin = await open("admin", "/admin");
  await inspect(admin, "admin");
  await admin.setViewportSize(SIZES.wide);
  await admin.goto("/admin/routing/rehearsal");
  await admin.getByRole("combobox", { name: "Día", exact: true }).selectOption("made");
  await admin.getByRole("button", { name: "Ensayar", exact: true }).click();
  await expect(admin.locator("#result")).toBeVisible();
  await inspect(admin, "rehearsal");
  await admin.goto("/admin/attributes");
  await inspect(admin, "attributes");
});

test("the customers' phone", async ({ open, house, vendor }) => {
  const phone = await open(null, house.simulator);
  await expect(phone.locator("html")).toHaveAttribute("data-ready", /.*/);
  await phone.locator("#message").fill("Hola, ¿están?");
  await phone.keyboard.press("Enter");
  await expect(phone.locator(".wa-msg.me")).toContainText("Hola");
  await inspect(phone, "phone");
});
