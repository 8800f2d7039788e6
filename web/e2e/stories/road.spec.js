import { at, expect, live, listen, openFromList, test } from "../support/house.js";

test("a customer is answered, handed over and served by the next agent", async ({ open, browser, house, office }) => {
  const valeria = await open("valeria");
  const mateo = await open("mateo");
  const gabriela = await open("gabriela", "/floor");

  await test.step("Valeria goes to work", async () => {
    await valeria.locator("#me-menu > summary").click();
    await valeria.getByRole("button", { name: "Disponible" }).click();
    await expect(valeria.locator("#me-presence")).toHaveAttribute("data-state", "available");
    const line = gabriela.locator("#floor-agents > li").filter({ hasText: "Valeria Quispe" });
    await expect(line).toContainText("Disponible");
  });

  const context = await browser.newContext();
  const phone = await context.newPage();
  const complaints = listen(phone);
  await phone.goto(house.simulator);
  await expect(phone.locator("html")).toHaveAttribute("data-ready", /.*/);
  await phone.locator('[data-customer="new"]').click();
  const picked = phone.locator('#customers [data-customer][aria-pressed="true"]');
  const name = await picked.locator(".medium").innerText();

  await test.step("the customer writes; row and bubble are there at once", async () => {
    await phone.locator("#message").fill("Buenos días, ¿tienen hora el jueves?");
    await phone.locator("#send").click();
    const row = at(valeria).row(name);
    await expect(row).toContainText("¿tienen hora el jueves?");
    await expect(row.locator(".badge")).toHaveText("1");
    await openFromList(valeria, name);
    await expect(at(valeria).bubble("¿tienen hora el jueves?")).toBeVisible();
    await expect(row.locator(".badge")).toBeHidden();
    await expect(gabriela.locator("#floor-conversations > tr").filter({ hasText: name })).toContainText("Valeria Quispe");
  });

  await test.step("Valeria answers with Enter; the phone shows it and the ticks turn to read", async () => {
    await valeria.keyboard.type("Claro, ¿le parece bien a las 10?");
    await valeria.keyboard.press("Enter");
    await expect(at(valeria).draft).toHaveValue("");
    await expect(at(valeria).draft).toBeFocused();
    await expect(phone.locator(".wa-msg:not(.me)")).toContainText("¿le parece bien a las 10?");
    const mine = at(valeria).bubble("¿le parece bien a las 10?");
    await expect(mine).toHaveCount(1);
    await expect(mine.locator(".m")).toContainText("Leído");
  });

  await test.step("the supervisor hands it over while Valeria is typing", async () => {
    await at(valeria).draft.fill("También tenemos el vier");
    await phone.locator("#message").fill("¿Y el viernes?");
    await phone.keyboard.press("Enter");
    await expect(at(valeria).bubble("¿Y el viernes?")).toBeVisible();
    await office.atWork("mateo");
    const row = gabriela.locator("#floor-conversations > tr").filter({ hasText: name });
    await row.getByRole("button").click();
    await expect(gabriela.locator("#assign")).toBeVisible();
    await gabriela.locator("#assign").getByRole("button", { name: /Mateo Rojas/ }).click();
    await expect(gabriela.locator("#assign")).toBeHidden();
    await expect(row).toContainText("Mateo Rojas");
  });

  await test.step("her page lets go of it and keeps what she was writing", async () => {
    await expect(at(valeria).toast).toContainText("otra persona");
    await expect(at(valeria).row(name)).toHaveCount(0);
    await expect(at(valeria).thread).toHaveCount(0);
    const drafts = await valeria.evaluate(() => Object.entries(localStorage).filter(([key]) => key.startsWith("bandeja:draft:")));
    expect(drafts.map(([, kept]) => JSON.parse(kept).text)).toContain("También tenemos el vier");
    await expect(valeria.locator("#offers textarea")).toHaveValue("También tenemos el vier");
  });

  await test.step("Mateo has it with its history, answers and resolves it", async () => {
    await openFromList(mateo, name);
    for (const text of ["¿tienen hora el jueves?", "¿le parece bien a las 10?", "¿Y el viernes?"]) {
      await expect(at(mateo).bubble(text)).toHaveCount(1);
    }
    await mateo.keyboard.type("El viernes a las 11, la esperamos.");
    await mateo.keyboard.press("Enter");
    await expect(phone.locator(".wa-msg:not(.me)").last()).toContainText("El viernes a las 11");
    await mateo.locator('#thread-pane [data-act="close"]').click();
    await expect(at(mateo).toast).toContainText("Conversación resuelta");
    await expect(at(mateo).row(name)).toHaveCount(0);
    const row = gabriela.locator("#floor-conversations > tr").filter({ hasText: name });
    // Her focus went back to this row when the dialog closed: it stays, dimmed, until she moves on.
    await expect(row).toHaveAttribute("data-leaving", "");
    await gabriela.keyboard.press("Shift+Tab");
    await expect(row).toHaveCount(0);
  });

  await live(valeria);
  await context.close();
  expect(complaints).toEqual([]);
});
