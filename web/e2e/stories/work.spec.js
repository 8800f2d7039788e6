import { at, expect, openFromList, test } from "../support/house.js";

test("a conversation is put aside, taken back, put aside again, and comes back when the customer writes", async ({
  open,
  office,
  vendor,
}) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const rosa = vendor.customer();
  await rosa.write("¿Ya llegó mi férula?");
  await openFromList(valeria, rosa.name);
  await at(valeria).draft.fill("La pregunto y le aviso");
  await valeria.keyboard.press("Enter");
  await expect(at(valeria).bubble("La pregunto y le aviso")).toBeVisible();
  await valeria.locator("#thread-title").focus();

  await test.step("Z asks until when; arrows choose", async () => {
    await valeria.keyboard.press("z");
    const menu = valeria.locator("#snooze");
    await expect(menu).toBeVisible();
    for (const words of ["Mañana", "En una semana", "Hasta que responda el cliente"]) await expect(menu).toContainText(words);
    await valeria.keyboard.press("ArrowDown");
    await expect(menu.locator(".menu-item").first()).toBeFocused();
    await menu.getByRole("button", { name: /Mañana/ }).click();
    await expect(menu).toHaveCount(0);
    await expect(at(valeria).row(rosa.name)).toHaveCount(0);
    await expect(at(valeria).toast).toContainText("Pospuesta hasta el");
  });
  await test.step("Ctrl Z takes it back", async () => {
    await valeria.keyboard.press("Control+z");
    await expect(at(valeria).row(rosa.name)).toBeVisible();
    await expect(valeria.locator("#thread-title")).toHaveText(rosa.name);
    await expect(at(valeria).dock).toHaveAttribute("data-mode", "open");
    await expect(at(valeria).toast).toHaveCount(0);
  });
  const path = new URL(valeria.url()).pathname;
  await test.step("put aside until the customer answers, the thread says so and offers to bring it back", async () => {
    await valeria.locator('[data-act="snooze"]').click();
    await valeria.locator("#snooze").getByRole("button", { name: "Hasta que responda el cliente" }).click();
    await expect(at(valeria).toast.getByRole("button", { name: "Deshacer" })).toBeVisible();
    await valeria.goto(path);
    await expect(at(valeria).dock).toHaveAttribute("data-mode", "snoozed");
    await expect(at(valeria).dock).toContainText("pospuesta hasta que responda");
    await at(valeria).dock.getByRole("button", { name: "Traer ahora" }).click();
    await expect(at(valeria).dock).toHaveAttribute("data-mode", "open");
    await expect(at(valeria).row(rosa.name)).toBeVisible();
  });
  await test.step("the customer writes, and it is hers at once", async () => {
    await valeria.locator('[data-act="snooze"]').click();
    await valeria.locator("#snooze").getByRole("button", { name: "Hasta que responda el cliente" }).click();
    await expect(at(valeria).row(rosa.name)).toHaveCount(0);
    await rosa.write("¿Hay novedades?");
    await expect(at(valeria).row(rosa.name)).toBeVisible();
    await openFromList(valeria, rosa.name);
    await expect(valeria.locator("[data-thread]")).toContainText("ya no está pospuesta");
  });
});
