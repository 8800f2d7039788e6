// The screens of routing: settings, alerts, why, handing on, offers and days, in both themes and on both ends of the desk.
import { at } from "../support/house.js";
import { SIZES, inspect } from "../support/inspect.js";
import { expect, test } from "../support/routing.js";

test("the settings of the routing", async ({ routing }) => {
  test.slow();
  await routing.rule("Dolor", { keywords: "me duele", queue: "Urgencias", tags: "dolor" });
  const { page } = routing;
  await inspect(page, "routing-rule");
  for (const part of ["", "/queues", "/rules", "/agents", "/skills", "/hours", "/pauses", "/general", "/try"]) {
    await page.goto(`/admin/routing${part}`);
    await inspect(page, `routing${part.replace("/", "-")}`);
  }
  await routing.form("Citas");
  await inspect(page, "routing-queue");
});

test("what agents and supervisors see of it", async ({ open, office, vendor, routing }) => {
  test.slow();
  await routing.queue("Citas", { target_first: "1", "target_first.unit": "segundos", target_resolution: "2", "target_resolution.unit": "horas" });
  await routing.queue("Urgencias", { mode: "Tomar la siguiente" });
  await routing.rule("Dolor", { keywords: "me duele", queue: "Urgencias", tags: "dolor" });
  await routing.publish();
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const [lucia, jorge] = [vendor.customer(), vendor.customer()];
  await lucia.write("¿Tienen hora mañana?");
  await jorge.write("Me duele una muela");
  await expect(at(valeria).row(lucia.name).locator(".due.bad")).toBeVisible();
  await expect(valeria.locator("#next")).toBeVisible();
  await at(valeria).row(lucia.name).getByRole("link").click();
  await expect(valeria.locator(".thread-head .due")).toBeVisible();
  await inspect(valeria, "sla-thread");
  await valeria.setViewportSize(SIZES.wide);
  await valeria.locator("[data-more]").click();
  await valeria.locator('[data-act="why"]').click();
  await expect(valeria.locator("#why")).toBeVisible();
  await inspect(valeria, "why", { scope: "#why" });
  await valeria.keyboard.press("Escape");
  await office.atWork("mateo");
  const mateo = await open("mateo");
  await valeria.setViewportSize(SIZES.wide);
  await valeria.locator('.thread-head > [data-act="transfer"]').click();
  const dialog = valeria.locator("#transfer");
  await dialog.locator(".transfer-to", { hasText: "Mateo" }).getByRole("radio").check();
  await inspect(valeria, "transfer", { scope: "#transfer" });
  await dialog.getByRole("button", { name: "Pasar" }).click();
  await expect(mateo.locator("#offers > .offer")).toBeVisible();
  await inspect(mateo, "offer", { scope: "#offers", sizes: { phone: SIZES.phone } });
  await valeria.setViewportSize(SIZES.wide);
  await valeria.locator("#me-menu > summary").click();
  await inspect(valeria, "presence-menu", { scope: "#me-presence", sizes: { wide: SIZES.wide } });
  await valeria.goto("/me/day");
  await inspect(valeria, "me-day");

  const gabriela = await open("gabriela", "/floor");
  await expect(gabriela.locator("#floor-alerts > li")).toHaveCount(1);
  await inspect(gabriela, "floor-alerts");
  await gabriela.setViewportSize(SIZES.wide);
  await gabriela.locator("#floor-agents").getByRole("link", { name: "Valeria Quispe" }).click();
  await expect(gabriela.getByRole("heading", { level: 1 })).toHaveText("Valeria Quispe");
  await inspect(gabriela, "people-day");
});
