// An agent goes to lunch: chosen while there is work, begun with the last conversation, seen by the supervisor all along.
import { expect, test } from "../support/house.js";

test("a pause is chosen, finished for, and begun with the last conversation", async ({ office, vendor, open }) => {
  await office.atWork("valeria");
  await vendor.customer().write("¿Hay cita mañana?");
  const valeria = await open("valeria");
  const gabriela = await open("gabriela", "/floor");
  const mine = valeria.locator("#me-presence");
  const card = gabriela.locator("#floor-agents > li").filter({ hasText: "Valeria Quispe" });
  await expect(valeria.locator("#list > li")).toHaveCount(1);

  // With the keyboard: down to the first pause.
  await valeria.locator("#me-menu > summary").click();
  await valeria.keyboard.press("ArrowDown");
  await valeria.keyboard.press("ArrowDown");
  await valeria.keyboard.press("Enter");
  await expect(mine).toHaveAttribute("data-state", "pre_pause");
  await expect(card).toContainText("Terminando (Almuerzo)");
  await expect(card).toContainText("queda 1");

  await valeria.locator("#list a.conv").click();
  await valeria.locator('[data-act="close"]:not([hidden])').click();
  await expect(mine).toHaveAttribute("data-state", "paused");
  await expect(mine.locator(".me-word")).toHaveText("Almuerzo");
  await expect(card).toContainText("En pausa (Almuerzo)");

  await card.getByRole("link", { name: "Valeria Quispe" }).click();
  await expect(gabriela.getByRole("row", { name: /En pausa: Almuerzo/ })).toBeVisible();
  await valeria.goto("/me/day");
  await expect(valeria.getByRole("row", { name: /Terminando: Almuerzo/ })).toBeVisible();
});
