// The admin changes a queue; what does not hold together is refused in its place; what is published decides at once.
import { at, live, openFromList } from "../support/house.js";
import { expect, test } from "../support/routing.js";

test("a queue's mode goes through the draft: a circle is refused, it is published, and taken back", async ({ open, office, vendor, routing }) => {
  test.slow();
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const offer = valeria.locator("#offers > .offer[data-left]");
  const form = routing.page.locator("form.rt-form");

  await test.step("a circle of overflows is not saved, and says where", async () => {
    await routing.queue("Ventas", { overflow: "Citas", overflow_after: "10" });
    await routing.form("Citas");
    await routing.fill({ mode: "Ofrecer", offer: "20", "offer.unit": "segundos", overflow: "Ventas", overflow_after: "5" });
    await routing.page.locator(".rt-save").getByRole("button").click();
    await expect(routing.page.getByRole("alert").first()).toContainText("Ventas");
    await expect(form.locator("label, .field", { has: routing.page.locator('[name="overflow"]') }).locator(".err")).toBeVisible();
    await expect(form.locator('[name="mode"] option:checked')).toHaveText("Ofrecer");
  });
  await test.step("mended and saved, it decides nothing yet", async () => {
    await routing.fill({ overflow: "", overflow_after: "" });
    await routing.save();
    const pushed = vendor.customer();
    await pushed.write("¿Tienen hora?");
    await expect(at(valeria).row(pushed.name)).toBeVisible();
    await expect(offer).toHaveCount(0);
  });
  await test.step("published, the next one is offered", async () => {
    await routing.publish("Citas se ofrece");
    const offered = vendor.customer();
    await offered.write("Necesito una cita");
    await expect(offer).toContainText(offered.name);
    await offer.getByRole("button", { name: "Aceptar" }).click();
    await expect(valeria.locator("#thread-title")).toHaveText(offered.name);
  });
  await test.step("taken back, the next one is pushed again", async () => {
    await routing.rollBack(routing.first);
    const pushed = vendor.customer();
    await pushed.write("¿Y para mañana?");
    await expect(at(valeria).row(pushed.name)).toBeVisible();
    await expect(offer).toHaveCount(0);
  });
});

test("what is declined is offered to the next person, and why names the rule", async ({ open, office, vendor, routing }) => {
  test.slow();
  await routing.queue("Urgencias", { mode: "Ofrecer", offer: "60", "offer.unit": "segundos" });
  await routing.rule("Dolor fuerte", { keywords: "me duele", queue: "Urgencias", tags: "dolor" });
  await routing.publish("Ofertas en Urgencias");
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const offer = (page) => page.locator("#offers > .offer[data-left]");
  const lucia = vendor.customer();
  await lucia.write("Me duele mucho una muela");
  await expect(offer(valeria)).toContainText("Urgencias");
  await office.atWork("camila");
  const camila = await open("camila");
  await valeria.keyboard.press("d");
  await expect(offer(camila)).toContainText(lucia.name);
  await expect(offer(valeria)).toHaveCount(0);
  await camila.keyboard.press("y");
  await expect(camila.locator("#thread-title")).toHaveText(lucia.name);
  await expect(at(camila).row(lucia.name)).toContainText("Urgencias · dolor");
  await expect(camila.locator(`[id^="tags-"]`)).toContainText("dolor");

  await camila.locator("[data-more]").click();
  await camila.locator('[data-act="why"]').click();
  const why = camila.locator("#why");
  await expect(why).toContainText("«Dolor fuerte»");
  await expect(why.getByRole("row", { name: /Camila Torres/ }).first()).toBeVisible();
  await camila.keyboard.press("Escape");
  await expect(why).toHaveCount(0);
  await expect(camila.locator("[data-more]")).toBeFocused();
});

test("take next, by button and by key, gives the one the router would give", async ({ open, office, vendor, routing }) => {
  await routing.queue("Citas", { mode: "Tomar la siguiente" });
  await routing.queue("Urgencias", { mode: "Tomar la siguiente" });
  await routing.rule("Dolor fuerte", { keywords: "me duele", queue: "Urgencias" });
  await routing.publish("Se toma");
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const next = valeria.locator("#next");
  const [first, second, urgent] = [vendor.customer(), vendor.customer(), vendor.customer()];
  await first.write("Una cita, por favor");
  await expect(next).toContainText("1 espera");
  await second.write("Yo también");
  await urgent.write("Me duele mucho");
  await expect(next).toContainText("3");
  await expect(valeria.locator("#list > li")).toHaveCount(0);

  // Urgencias goes first, whoever wrote before; then who waits longest.
  await next.getByRole("button").click();
  await expect(valeria.locator("#thread-title")).toHaveText(urgent.name);
  await valeria.locator("#thread-title").focus();
  await valeria.keyboard.press("p");
  await expect(valeria.locator("#thread-title")).toHaveText(first.name);
  await expect(next).toContainText("1 espera");
  await office.atWork("mateo");
  const mateo = await open("mateo");
  await live(mateo);
  await mateo.locator("#next").getByRole("button").click();
  await expect(mateo.locator("#thread-title")).toHaveText(second.name);
  await expect(next).toBeHidden();
  await openFromList(valeria, urgent.name);
});

test("where a queue is shared a colleague answers, and the conversation stays with its holder", async ({ open, office, vendor, routing }) => {
  await office.atWork("valeria");
  const customer = vendor.customer();
  const valeria = await open("valeria");
  await customer.write("¿Atienden hoy?");
  await openFromList(valeria, customer.name);
  const talk = valeria.url().split("/").at(-1);
  const mateo = await open("mateo", "/inbox?list=all");
  expect((await mateo.request.get(`/inbox/${talk}`)).status()).toBe(404);

  await routing.queue("Citas", { shared: true });
  await routing.publish("Citas se comparte");
  await at(mateo).row(customer.name).getByRole("link").click();
  await expect(mateo.locator("#thread-title")).toHaveText(customer.name);
  await mateo.getByRole("button", { name: "Responder también" }).click();
  await at(mateo).draft.fill("Sí, hasta las siete");
  await at(mateo).draft.press("Enter");
  await expect.poll(() => customer.received()).toEqual(["Sí, hasta las siete"]);
  await expect(at(valeria).bubble("Sí, hasta las siete")).toHaveCount(1);
  await expect(valeria.locator(".dock-other")).toBeHidden();
  await expect(mateo.locator("[data-act=close]")).toHaveCount(0);
});
