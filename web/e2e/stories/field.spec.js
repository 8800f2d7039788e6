import { at, expect, openFromList, test } from "../support/house.js";

const paste = (page, text, html) =>
  at(page).draft.evaluate(
    (field, [words, markup, size]) => {
      const data = new DataTransfer();
      data.setData("text/plain", size ? "a".repeat(size) : words);
      if (markup) data.setData("text/html", markup);
      return field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    },
    typeof text === "number" ? ["", "", text] : [text, html, 0],
  );

test("the field: what is pasted, how it is sent, how it is signed, and two clicks", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const lucia = vendor.customer();
  await lucia.write("Hola");
  await openFromList(valeria, lucia.name);

  await test.step("twenty megabytes are not let in, and the page goes on", async () => {
    await at(valeria).draft.fill("Le cuento:");
    const begun = Date.now();
    expect(await paste(valeria, 20 * 1024 * 1024), "refused").toBe(false);
    await expect(valeria.locator("#composer-error")).toContainText("4");
    await expect(at(valeria).draft).toHaveValue("Le cuento:");
    expect(Date.now() - begun).toBeLessThan(5000);
    expect(await paste(valeria, "hola", "<b onclick=alert(1)>hola</b>"), "left to the field, which takes words alone").toBe(true);
  });
  await test.step("pasted markup is words", async () => {
    await at(valeria).draft.fill("");
    await valeria.evaluate(() => navigator.clipboard.writeText("<img src=x onerror=alert(1)> hola").catch(() => {}));
    await at(valeria).draft.fill("<img src=x onerror=alert(1)> hola");
    await at(valeria).draft.press("Enter");
    await expect(at(valeria).bubble("<img src=x onerror=alert(1)> hola")).toBeVisible();
    await expect(at(valeria).thread.locator("img")).toHaveCount(0);
  });
  await test.step("two quick Enters and two clicks are one message", async () => {
    await at(valeria).draft.fill("Una sola vez");
    await valeria.locator('#composer [type="submit"]').dblclick();
    await expect(at(valeria).bubble("Una sola vez")).toHaveCount(1);
  });
  await test.step("with the other preference Enter makes a line and Ctrl Enter sends", async () => {
    await valeria.locator('[data-act="keys"]').evaluate((button) => button.click());
    await valeria.getByLabel(/Enviar con Ctrl Enter/).check();
    await valeria.keyboard.press("Escape");
    await at(valeria).draft.focus();
    await valeria.keyboard.type("Uno");
    await valeria.keyboard.press("Enter");
    await valeria.keyboard.type("dos");
    await expect(at(valeria).draft).toHaveValue("Uno\ndos");
    await valeria.keyboard.press("Control+Enter");
    await expect(at(valeria).bubble("dos")).toBeVisible();
  });
  await test.step("a signature stands under the field and under the answer, and can be left out", async () => {
    const me = await open("valeria", "/me");
    await me.getByLabel("Firma").fill("Valeria, Clínica Sonrisas");
    await me.locator('form[action="/me/signature"]').getByRole("button", { name: "Guardar" }).click();
    await expect(me.getByRole("status")).toBeVisible();
    await valeria.reload();
    await expect(valeria.locator("#signature")).toContainText("Valeria, Clínica Sonrisas");
    await at(valeria).draft.fill("Con firma");
    await at(valeria).draft.press("Control+Enter");
    await expect(at(valeria).bubble("Con firma")).toContainText("Valeria, Clínica Sonrisas");
    await at(valeria).draft.fill("Sin firma");
    await valeria.getByRole("button", { name: "No firmar este mensaje" }).click();
    await at(valeria).draft.press("Control+Enter");
    await expect(at(valeria).bubble("Sin firma")).not.toContainText("Clínica Sonrisas");
    await me.getByLabel("Firma").fill("");
    await me.locator('form[action="/me/signature"]').getByRole("button", { name: "Guardar" }).click();
    await expect(me.getByRole("status")).toBeVisible();
  });
  await expect.poll(() => lucia.received()).toEqual([
    "<img src=x onerror=alert(1)> hola",
    "Una sola vez",
    "Uno\ndos",
    "Con firma\n\nValeria, Clínica Sonrisas",
    "Sin firma",
  ]);
});

test("typed without a connection it goes once, and coming back is said quietly", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const lucia = vendor.customer();
  await lucia.write("Hola");
  await openFromList(valeria, lucia.name);
  await valeria.context().setOffline(true);
  await expect(at(valeria).strip).toContainText("Sin conexión", { timeout: 60_000 });
  await at(valeria).draft.fill("Escrito sin conexión");
  await at(valeria).draft.press("Enter");
  await expect(at(valeria).bubble("Escrito sin conexión")).toHaveClass(/pending/);
  await valeria.getByRole("tab", { name: "Nota interna" }).click();
  await at(valeria).draft.fill("Nota sin conexión");
  await at(valeria).draft.press("Enter");
  await expect(valeria.locator(".msg.note.pending")).toHaveCount(1);
  await valeria.context().setOffline(false);
  await expect(at(valeria).bubble("Escrito sin conexión")).not.toHaveClass(/pending/, { timeout: 60_000 });
  await expect(valeria.locator(".msg.note:not(.pending)")).toHaveCount(1);
  await expect(at(valeria).strip).toBeHidden();
  await expect(at(valeria).bubble("Escrito sin conexión")).toHaveCount(1);
  await expect.poll(() => lucia.received()).toEqual(["Escrito sin conexión"]);
});
