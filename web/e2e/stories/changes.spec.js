import { at, expect, openFromList, test } from "../support/house.js";

test("what was said changes where it stands", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const customer = vendor.customer();
  const { id } = await customer.write("Mañana a las 8");
  await openFromList(valeria, customer.name);
  const thread = at(valeria).thread;
  const bubbles = thread.locator(":scope > .msg");
  const changes = (type, said) => customer.write({ type, [type]: said });

  await test.step("a correction: the new words, the first ones behind «editado»", async () => {
    const message = { type: "text", text: { body: "Mañana a las 9" } };
    await changes("edit", { original_message_id: id, message });
    await expect(bubbles).toHaveCount(1);
    await expect(bubbles.locator(".bubble > .txt")).toHaveText("Mañana a las 9");
    await expect(thread.getByText("Mañana a las 8")).toBeHidden();
    await thread.getByText("editado").click();
    await expect(thread.getByText("Mañana a las 8")).toBeVisible();
  });

  await test.step("a reaction, another one, and none", async () => {
    await changes("reaction", { message_id: id, emoji: "👍" });
    await expect(thread.locator(".react")).toHaveText("👍");
    await changes("reaction", { message_id: id, emoji: "🙏" });
    await expect(thread.locator(".react")).toHaveText("🙏");
    await changes("reaction", { message_id: id });
    await expect(thread.locator(".react")).toHaveCount(0);
  });

  await test.step("an answer from the phone app", async () => {
    await vendor.call("notices", { name: "echo", from: customer.phone, message: "Confirmado, a las 9" });
    await expect(bubbles).toHaveCount(2);
    await expect(bubbles.nth(1)).toContainText("Desde el teléfono del negocio");
    await expect(bubbles.nth(1)).toContainText("Confirmado, a las 9");
  });

  await test.step("deleted", async () => {
    await changes("revoke", { original_message_id: id });
    await expect(bubbles.first()).toContainText("Eliminado por el cliente");
    await expect(valeria.getByText("Mañana a las 9")).toHaveCount(0);
    await expect(valeria.getByText("Ver el original")).toBeHidden();
  });
});
