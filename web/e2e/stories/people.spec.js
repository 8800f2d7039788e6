import { at, expect, live, openFromList, test } from "../support/house.js";

test("an inbox is worked through with the keyboard alone", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const customers = [vendor.customer(), vendor.customer(), vendor.customer()];
  for (const customer of customers) {
    await customer.write("Hola");
    await expect(at(valeria).row(customer.name)).toBeVisible();
  }
  const names = await valeria.locator("#list .who").allInnerTexts();
  const link = (number) => valeria.locator("#list > li a").nth(number);
  const press = (key) => valeria.keyboard.press(key);

  await press("j");
  await expect(valeria.locator("#thread-title")).toHaveText(names[0]);
  await expect(link(0)).toBeFocused();
  await press("j");
  await press("j");
  await expect(link(2)).toBeFocused();
  await press("j");
  await expect(link(2)).toBeFocused();
  await press("k");
  await expect(link(1)).toBeFocused();
  await press("Enter");
  await expect(valeria.locator("#thread-title")).toHaveText(names[1]);
  await expect(at(valeria).draft).toBeFocused();

  await test.step("in a field a key is a letter; Esc leaves it, R comes back", async () => {
    await valeria.keyboard.type("jekr?");
    await expect(at(valeria).draft).toHaveValue("jekr?");
    await press("Escape");
    await expect(at(valeria).draft).not.toBeFocused();
    await press("r");
    await expect(at(valeria).draft).toBeFocused();
    await expect(at(valeria).draft).toHaveValue("jekr?");
    await at(valeria).draft.fill("Buenos días");
    await press("Shift+Enter");
    await valeria.keyboard.type("¿en qué le ayudo?");
    await press("Enter");
    await expect(at(valeria).bubble("Buenos días").locator(".txt")).toHaveText("Buenos días\n¿en qué le ayudo?", { useInnerText: true });
  });
  await test.step("? lists the keys and Esc closes the list", async () => {
    await press("Escape");
    await press("?");
    await expect(valeria.locator("#keys")).toBeVisible();
    await press("Escape");
    await expect(valeria.locator("#keys")).toBeHidden();
  });
  await test.step("E resolves and the next conversation is there", async () => {
    // Answered last, so it goes to the top; the one below it is next.
    await expect(valeria.locator("#list > li .who").first()).toHaveText(names[1]);
    const next = await valeria.locator("#list > li .who").nth(1).innerText();
    await press("e");
    await expect(at(valeria).toast).toContainText("Conversación resuelta");
    await expect(at(valeria).row(names[1])).toHaveCount(0);
    await expect(valeria.locator("#thread-title")).toHaveText(next);
    await expect(at(valeria).draft).toBeFocused();
  });
});

test("everybody reads their own language, and both are told of the same message", async ({ open, office, vendor }) => {
  await office.atWork("renata");
  const renata = await open("renata");
  const customer = vendor.customer();
  await customer.write("Olá");
  await openFromList(renata, customer.name);
  await expect(renata.locator("html")).toHaveAttribute("lang", "pt-BR");
  await expect(renata.getByRole("button", { name: "Enviar", exact: true })).toBeVisible();
  await expect(renata.locator("#list-count")).toHaveText("1 aberta");
  await expect(at(renata).thread).toContainText("Entrou na fila Citas");

  const floor = await open("gabriela", "/floor");
  await expect(floor.locator("#floor-conversations > tr").filter({ hasText: customer.name })).toContainText("Renata Oliveira");
  await expect(floor.getByRole("heading", { level: 1 })).toHaveText("Supervisión en vivo");

  await test.step("English by choice, in the page and in what arrives on it", async () => {
    await renata.goto("/me");
    await renata.getByRole("radio", { name: "English" }).check();
    await renata.getByRole("radio", { name: "Escuro" }).check();
    await renata.getByRole("button", { name: "Salvar" }).first().click();
    await expect(renata.locator("html")).toHaveAttribute("lang", /^en/);
    await expect(renata.locator("html")).toHaveAttribute("data-theme", "dark");
    await renata.goto("/inbox");
    await live(renata);
    await openFromList(renata, customer.name);
    await expect(renata.getByRole("button", { name: "Send", exact: true })).toBeVisible();
    await expect(renata.locator("body")).toHaveCSS("color-scheme", "dark");
    await customer.write({ type: "location", location: { latitude: -12.1, longitude: -77 } });
    await expect(at(renata).thread).toContainText("Location");
  });
  await office.command("renata", "POST", "/me/preferences", { locale: "pt-BR", theme: "system" });
});
