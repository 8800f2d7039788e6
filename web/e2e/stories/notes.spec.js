import { at, expect, openFromList, showsTheTruth, test } from "../support/house.js";
import { inspect } from "../support/inspect.js";

test("an agent writes a note to her supervisor, in every state of the conversation, and the customer gets none", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const gabriela = await open("gabriela", "/floor");
  const lucia = vendor.customer();
  await lucia.write("Hola, ¿cuánto cuesta la limpieza?");
  await openFromList(valeria, lucia.name);
  const note = (text) => at(valeria).thread.locator(".msg.note").filter({ hasText: text });

  await test.step("the answer being written stays where it is while a note is written", async () => {
    await at(valeria).draft.fill("La limpieza cuesta");
    await valeria.getByRole("tab", { name: "Nota interna" }).click();
    await expect(at(valeria).draft).toHaveValue("");
    await expect(at(valeria).draft).toBeFocused();
    await expect(valeria.locator("#composer")).toHaveClass(/is-note/);
    await expect(valeria.locator('[data-act="attach"]')).toBeHidden();
  });
  await test.step("people who can see it are offered while @ is typed", async () => {
    await valeria.keyboard.type("@gab");
    const option = valeria.getByRole("option", { name: "Gabriela" });
    await expect(option).toBeVisible();
    await expect(valeria.getByRole("option", { name: "Mateo" })).toHaveCount(0);
    await inspect(valeria, "composer-mention");
    await valeria.keyboard.press("Enter");
    await expect(option).toHaveCount(0);
    await valeria.keyboard.type("¿le doy descuento?");
    await valeria.keyboard.press("Enter");
    await expect(note("¿le doy descuento?")).toBeVisible();
    await expect(note("¿le doy descuento?").locator(".at")).toContainText("@Gabriela");
    await expect(at(valeria).thread.locator(".msg.pending")).toHaveCount(0);
  });
  await test.step("she hears it on the floor, opens it, and answers with a note of hers", async () => {
    const word = gabriela.locator("#offers > li");
    await expect(word).toContainText(lucia.name);
    await word.getByRole("link").click();
    await expect(gabriela.locator("#thread-title")).toHaveText(lucia.name);
    await expect(gabriela.locator("#offers > li")).toHaveCount(0);
    await expect(gabriela.locator("html")).toHaveAttribute("data-live", "on");
    await gabriela.keyboard.press("n");
    await gabriela.keyboard.type("Sí, diez por ciento");
    await gabriela.keyboard.press("Enter");
    await expect(note("Sí, diez por ciento")).toBeVisible();
  });
  await test.step("the answer is still there, and goes out alone", async () => {
    await valeria.getByRole("tab", { name: "Responder" }).click();
    await expect(at(valeria).draft).toHaveValue("La limpieza cuesta");
    await at(valeria).draft.press("End");
    await valeria.keyboard.type(" 90 soles");
    await valeria.keyboard.press("Enter");
    await expect(at(valeria).bubble("90 soles").locator(".m")).toContainText("Leído");
    await showsTheTruth(valeria, open, "valeria");
  });
  await test.step("a note goes also where no answer does", async () => {
    await valeria.locator('#thread-pane [data-act="close"]').click();
    await expect(valeria.locator("#thread-pane .msg")).toHaveCount(0);
    await valeria.goto(gabriela.url());
    await expect(valeria.locator(".dock-resolved")).toBeVisible();
    await inspect(valeria, "composer-resolved");
    await valeria.locator(".dock-resolved").getByRole("button", { name: "Nota interna" }).click();
    await valeria.keyboard.type("Pagó en efectivo");
    await inspect(valeria, "composer-note");
    await at(valeria).draft.press("Enter");
    await expect(note("Pagó en efectivo")).toBeVisible();
    await expect(gabriela.locator("[data-thread] .msg.note").filter({ hasText: "Pagó en efectivo" })).toBeVisible();
  });
  expect(await lucia.received()).toEqual(["La limpieza cuesta 90 soles"]);
});
