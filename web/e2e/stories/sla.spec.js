// What was promised runs before everybody's eyes; who supervises is called when it is broken, and one answers for all.
import { at } from "../support/house.js";
import { expect, test } from "../support/routing.js";

test("a promise runs, is broken, calls the supervisors, and one of them has seen it", async ({ open, office, vendor, routing }) => {
  test.slow();
  await routing.queue("Citas", { target_first: "12", "target_first.unit": "segundos", target_next: "30", "target_next.unit": "minutos" });
  await routing.publish("Doce segundos");
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const gabriela = await open("gabriela", "/floor");
  const admin = await open("admin", "/floor", { viewport: { width: 390, height: 844 } });
  const [lucia, jorge] = [vendor.customer(), vendor.customer()];
  await jorge.write("¿Abren el domingo?");
  await expect(at(valeria).row(jorge.name).locator(".due")).toHaveText(/^0:\d\d$/);
  await at(valeria).row(jorge.name).getByRole("link").click();
  await expect(valeria.locator(".thread-head .due")).toContainText("Primera respuesta");
  await at(valeria).draft.fill("Sí, hasta la una.");
  await at(valeria).draft.press("Enter");
  await expect(valeria.locator(".thread-head .due")).toHaveCount(0);
  await lucia.write("Necesito una hora");
  const clock = at(valeria).row(lucia.name).locator(".due");
  await expect(clock).toHaveClass(/warn/);

  await test.step("overdue, it is said and supervisors are called", async () => {
    await expect(clock).toHaveText(/^−0:\d\d$/);
    await expect(clock).toHaveClass(/bad/);
    await expect(valeria.locator("#shout")).toHaveText(`${lucia.name}: Primera respuesta vencida`);
    for (const floor of [gabriela, admin]) {
      const alert = floor.locator("#floor-alerts > li");
      await expect(alert).toContainText(lucia.name);
      await expect(alert).toContainText("Venció la primera respuesta");
    }
    await expect(gabriela.locator("#say")).toHaveText(`Alerta: ${lucia.name}. Venció la primera respuesta`);
    await expect(gabriela.locator("#floor-conversations .calls")).toHaveCount(1);
    await expect(gabriela.locator('[data-count="overdue"]')).toHaveText("1");
    await expect(gabriela.locator("#floor-conversations > tr").first()).toContainText(lucia.name);
  });
  await test.step("handing it over from the alert", async () => {
    await office.atWork("mateo");
    await gabriela.locator("#floor-alerts").getByRole("button", { name: /Reasignar/ }).click();
    await gabriela.locator("#assign").getByRole("button", { name: /Mateo Rojas/ }).click();
    await expect(gabriela.locator("#floor-alerts .alert-holder")).toHaveText("Mateo Rojas");
    await expect(at(valeria).row(lucia.name)).toHaveCount(0);
  });
  await test.step("one has seen it, for all of them, through a reload", async () => {
    await gabriela.locator("#floor-alerts").getByRole("button", { name: /Estoy al tanto/ }).click();
    for (const floor of [gabriela, admin]) await expect(floor.locator("#floor-alerts > li")).toHaveCount(0);
    await expect(gabriela.locator("#floor-alerts")).toBeHidden();
    await gabriela.reload();
    await expect(gabriela.locator("#floor-conversations > tr")).toHaveCount(2);
    await expect(gabriela.locator("#floor-alerts > li")).toHaveCount(0);
    const mateo = await open("mateo");
    await at(mateo).row(lucia.name).getByRole("link").click();
    await expect(mateo.locator(".sys", { hasText: "Gabriela Núñez está al tanto" })).toBeVisible();
    await expect(mateo.locator(".sys", { hasText: "la primera respuesta llega tarde" })).toHaveCount(1);
  });
});

test("the list stands by SLA for who wants it so, after a reload and before their eyes", async ({ open, office, vendor, routing }) => {
  await routing.queue("Citas", { target_first: "20", "target_first.unit": "minutos" });
  await routing.queue("Urgencias", { target_first: "10", "target_first.unit": "minutos" });
  await routing.rule("Dolor fuerte", { keywords: "me duele", queue: "Urgencias" });
  await routing.publish("Diez y veinte minutos");
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const names = valeria.locator("#list .who");
  const [first, second] = [vendor.customer(), vendor.customer()];
  await first.write("Me duele");
  await expect(at(valeria).row(first.name)).toBeVisible();
  await second.write("Buenas");
  await expect(names).toHaveText([second.name, first.name]);
  const sort = async (name) => {
    await valeria.locator(".sort-menu > summary").click();
    await valeria.getByRole("button", { name }).click();
    await expect(valeria.locator("#say")).toHaveText(`Ordenado: ${name}`);
  };
  await sort("SLA, lo que vence primero");
  await valeria.mouse.move(900, 700);
  await expect(names).toHaveText([first.name, second.name]);
  await valeria.reload();
  await expect(names).toHaveText([first.name, second.name]);
  await first.write("¿Hay alguien?");
  await expect(at(valeria).row(first.name)).toContainText("¿Hay alguien?");
  await expect(names).toHaveText([first.name, second.name]);
  await sort("Actividad más reciente");
  await expect(names).toHaveText([first.name, second.name]);
  await second.write("¿Hola?");
  await expect(names).toHaveText([second.name, first.name]);
});
