import { at, expect, openFromList, test } from "../support/house.js";

test("a hundred messages arrive while the agent types, and nothing moves", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const [lucia, ...others] = [vendor.customer(), vendor.customer(), vendor.customer()];
  for (const one of others) await one.write("Hola");
  const history = Array.from({ length: 30 }, (_, n) => `Historia ${n}, con una segunda línea\npara que haya por dónde desplazarse`);
  for (const text of history) await lucia.write(text, { wait_ms: 0 });
  await expect(at(valeria).row(lucia.name).locator(".badge")).toHaveText("30");
  await openFromList(valeria, lucia.name);
  await expect(at(valeria).thread.locator(".msg")).toHaveCount(30);

  // She reads further up, and writes in the middle of her sentence.
  const reading = at(valeria).bubble("Historia 19,");
  await reading.evaluate((bubble) => bubble.scrollIntoView({ block: "center" }));
  await expect.poll(() => at(valeria).thread.evaluate(({ scrollHeight, clientHeight, scrollTop }) => scrollHeight - clientHeight - scrollTop)).toBeGreaterThan(100);
  await valeria.keyboard.type("Le confirmo  mañana");
  for (let step = 0; step < " mañana".length; step += 1) await valeria.keyboard.press("ArrowLeft");
  const place = await reading.boundingBox();
  await valeria.evaluate(() => {
    window.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
    }).observe({ type: "longtask" });
  });

  const texts = (first) => Array.from({ length: 34 }, (_, n) => `Mensaje ${first + n * 3}`);
  const storm = [lucia, ...others].map(async (customer, first) => {
    for (const text of texts(first)) await customer.write(text, { wait_ms: 0 });
  });
  await valeria.keyboard.type("la cita de las diez y media para", { delay: 60 });
  await Promise.all(storm);

  await expect(at(valeria).thread.locator(".msg")).toHaveCount(30 + 34);
  for (const one of others) await expect(at(valeria).row(one.name).locator(".badge")).toHaveText("35");
  await expect(at(valeria).row(others[1].name)).toContainText("Mensaje 101");
  await expect(at(valeria).draft).toBeFocused();
  await expect(at(valeria).draft).toHaveValue("Le confirmo la cita de las diez y media para mañana");
  const caret = await at(valeria).draft.evaluate(({ selectionStart, selectionEnd }) => [selectionStart, selectionEnd]);
  expect(caret).toEqual([44, 44]);
  expect(await reading.boundingBox()).toEqual(place);
  await expect(valeria.locator('[data-act="jump"]')).toHaveText("34 mensajes nuevos");

  // In the order in which she wrote them.
  const numbers = await at(valeria).thread.locator(".msg").filter({ hasText: "Mensaje" }).locator(".txt").allInnerTexts();
  expect(numbers).toEqual(texts(0));
  const longest = Math.round(await valeria.evaluate(() => window.longest));
  test.info().annotations.push({ type: "longest task", description: longest ? `${longest} ms` : "under 50 ms" });
  console.log(`    longest task while typing: ${longest ? `${longest} ms` : "under 50 ms"}`);
});
