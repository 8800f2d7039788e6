import { at, expect, openFromList, test } from "../support/house.js";

test("a conversation is handed on: declined, left lying, and accepted on a phone", async ({ open, office, vendor }) => {
  test.slow();
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const lucia = vendor.customer();
  await lucia.write("Se me salió una corona, ¿me pueden ver hoy?");
  await openFromList(valeria, lucia.name);
  await office.atWork("mateo");
  await office.atWork("camila");
  const mateo = await open("mateo");
  const camila = await open("camila", "/inbox", { viewport: { width: 390, height: 844 } });
  const offer = (page) => page.locator("#offers > .offer[data-left]");
  const handTo = async (name, note = "") => {
    await valeria.locator('.thread-head > [data-act="transfer"]').click();
    const dialog = valeria.locator("#transfer");
    await dialog.locator(".transfer-to", { hasText: name }).getByRole("radio").check();
    await dialog.locator("textarea").fill(note);
    await dialog.getByRole("button", { name: "Pasar" }).click();
    await expect(dialog).toHaveCount(0);
  };
  const back = valeria.locator("#offers > .back");

  await test.step("the card tells who, where, what and why, and stays through a reload", async () => {
    await handTo("Mateo", "Ya tiene presupuesto");
    for (const words of [lucia.name, "Citas", "corona", "Ya tiene presupuesto", "Te la pasa Valeria"]) {
      await expect(offer(mateo)).toContainText(words);
    }
    await expect(mateo.locator("#shout")).toContainText(`${lucia.name} en Citas`);
    await mateo.reload();
    await expect(offer(mateo).locator(".num")).toHaveText(/^0:\d\d$/);
  });
  await test.step("D declines, and whoever handed it over still has it", async () => {
    await expect(mateo.locator("html")).toHaveAttribute("data-live", "on");
    await mateo.keyboard.press("d");
    await expect(offer(mateo)).toHaveCount(0);
    await expect(back).toContainText("Mateo Rojas no aceptó");
    await expect(at(valeria).row(lucia.name)).toBeVisible();
  });
  await test.step("what is left lying comes back by itself", async () => {
    await handTo("Camila");
    await expect(offer(camila)).toBeVisible();
    await expect(back).toContainText("Camila Torres no respondió", { timeout: 45_000 });
    await expect(offer(camila)).toHaveCount(0);
    await expect(at(valeria).row(lucia.name)).toBeVisible();
  });
  await test.step("accepted, it opens, and says why it is there", async () => {
    await handTo("Camila");
    await offer(camila).getByRole("button", { name: "Aceptar" }).click();
    await expect(camila.locator("#thread-title")).toHaveText(lucia.name);
    await expect(at(valeria).row(lucia.name)).toHaveCount(0);
    await camila.locator("[data-more]").click();
    await camila.locator('[data-act="why"]').click();
    await expect(camila.locator("#why")).toContainText("Camila Torres la recibió de Valeria Quispe");
  });
});
