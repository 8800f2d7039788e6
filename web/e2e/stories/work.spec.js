import { at, expect, openFromList, slowly, test } from "../support/house.js";

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
    // On Mondays a week from now is Monday.
    for (const words of ["Mañana", /En una semana|El lunes/, "Hasta que responda el cliente"]) await expect(menu).toContainText(words);
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
    await valeria.locator('.thread-head > [data-act="snooze"]').click();
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
    await valeria.locator('.thread-head > [data-act="snooze"]').click();
    await valeria.locator("#snooze").getByRole("button", { name: "Hasta que responda el cliente" }).click();
    await expect(at(valeria).row(rosa.name)).toHaveCount(0);
    await rosa.write("¿Hay novedades?");
    await expect(at(valeria).row(rosa.name)).toBeVisible();
    await openFromList(valeria, rosa.name);
    await expect(valeria.locator("[data-thread]")).toContainText("ya no está pospuesta");
  });
});

test("a conversation is resolved at once, taken back, resolved with an outcome and a note, and reopened", async ({
  open,
  office,
  vendor,
}) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const lucia = vendor.customer();
  await lucia.write("Quiero una cita para el martes");
  await openFromList(valeria, lucia.name);
  const path = new URL(valeria.url()).pathname;
  await valeria.locator("#thread-title").focus();

  await test.step("E resolves and asks nothing; the toast takes it back", async () => {
    await valeria.keyboard.press("e");
    await expect(at(valeria).row(lucia.name)).toHaveCount(0);
    await at(valeria).toast.getByRole("button", { name: "Deshacer" }).click();
    await expect(at(valeria).row(lucia.name)).toBeVisible();
    await expect(valeria.locator("#thread-title")).toHaveText(lucia.name);
    await expect(at(valeria).dock).toHaveAttribute("data-mode", "open");
  });
  await test.step("with Shift it asks for an outcome, found by typing", async () => {
    // What was undone comes back ready to be written in.
    await expect(at(valeria).draft).toBeFocused();
    await valeria.locator("#thread-title").focus();
    await valeria.keyboard.press("Shift+E");
    const dialog = valeria.locator("#close");
    await dialog.locator("textarea").fill("Martes a las 9");
    await dialog.getByRole("searchbox").fill("agend");
    await expect(dialog.locator(".menu-item:visible")).toHaveCount(1);
    await dialog.getByRole("searchbox").press("Enter");
    await expect(dialog).toHaveCount(0);
    await expect(at(valeria).row(lucia.name)).toHaveCount(0);
  });
  await test.step("the thread tells with what, and opens again by hand", async () => {
    await valeria.goto(path);
    await expect(valeria.locator("[data-thread]")).toContainText("la resolvió: Cita › Agendada: «Martes a las 9»");
    await at(valeria).dock.getByRole("button", { name: "Reabrir" }).click();
    await expect(at(valeria).dock).toHaveAttribute("data-mode", "open");
    await expect(at(valeria).row(lucia.name)).toBeVisible();
    // What is hers again is drawn anew, and ready to be written in.
    await expect(at(valeria).draft).toBeFocused();
  });
  await test.step("what was chosen last stands first", async () => {
    await valeria.locator("[data-more]").click();
    await valeria.locator('[data-act="closeWith"]').click();
    await expect(valeria.locator("#close .menu-item").first()).toContainText("Agendada");
    await valeria.keyboard.press("Escape");
    await expect(valeria.locator("#close")).toHaveCount(0);
  });
});

test("tags and priority are set from the keyboard, seen by the supervisor, and taken back", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const gabriela = await open("gabriela", "/floor");
  const lucia = vendor.customer();
  await lucia.write("Me duele una muela");
  const valeria = await open("valeria");
  await openFromList(valeria, lucia.name);
  const path = new URL(valeria.url()).pathname;
  await gabriela.goto(path);
  await expect(gabriela.locator("#thread-title")).toHaveText(lucia.name);

  await test.step("the supervisor makes a tag", async () => {
    await gabriela.locator("#thread-title").focus();
    await gabriela.keyboard.press("l");
    const dialog = gabriela.locator("#tags");
    await dialog.getByRole("searchbox").fill("dolor agudo");
    await dialog.getByRole("searchbox").press("Enter");
    await expect(dialog.locator('[data-tag="dolor agudo"]')).toHaveAttribute("aria-pressed", "true");
    await gabriela.keyboard.press("Escape");
    await expect(valeria.locator("#details-pane")).toContainText("dolor agudo");
  });
  await test.step("the agent calls it urgent", async () => {
    await valeria.locator("[data-more]").click();
    await valeria.locator('[data-act="tags"]').click();
    await valeria.locator('#tags [data-urgency="urgent"]').click();
    await expect(valeria.locator('#tags [data-urgency="urgent"]')).toHaveAttribute("aria-pressed", "true");
    await valeria.locator('#tags [data-act="dialog-close"]').click();
    await expect(gabriela.locator(".thread-state .urgency")).toHaveText("urgente");
  });
  await test.step("and takes that back", async () => {
    await at(valeria).toast.getByRole("button", { name: "Deshacer" }).click();
    await expect(gabriela.locator(".thread-state .urgency")).toHaveCount(0);
  });
  await test.step("what was changed in one visit is taken back together", async () => {
    await gabriela.locator("[data-more]").click();
    await gabriela.locator('[data-act="tags"]').click();
    await gabriela.locator('#tags [data-tag="dolor agudo"]').click();
    await expect(gabriela.locator('#tags [data-tag="dolor agudo"]')).toHaveAttribute("aria-pressed", "false");
    await gabriela.locator('#tags [data-urgency="urgent"]').click();
    await expect(gabriela.locator('#tags [data-urgency="urgent"]')).toHaveAttribute("aria-pressed", "true");
    await gabriela.locator('#tags [data-act="dialog-close"]').click();
    await expect(valeria.locator("#details-pane")).not.toContainText("dolor agudo");
    await at(gabriela).toast.getByRole("button", { name: "Deshacer" }).click();
    await expect(valeria.locator("#details-pane")).toContainText("dolor agudo");
    await expect(valeria.locator(".thread-state .urgency")).toHaveCount(0);
  });
});

test("in a dialog Esc empties the search, then closes, and takes nothing that is written", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const lucia = vendor.customer();
  await lucia.write("Me duele una muela");
  await openFromList(valeria, lucia.name);
  const { keyboard } = valeria;
  const title = valeria.locator("#thread-title");

  for (const [key, name] of [["l", "tags"], ["a", "transfer"], ["Shift+E", "close"]]) {
    await test.step(`the search of ${name}`, async () => {
      await title.focus();
      await keyboard.press(key);
      const dialog = valeria.locator(`#${name}`);
      const search = dialog.getByRole("searchbox");
      await expect(search).toBeFocused();
      await keyboard.type("vi");
      await keyboard.press("Escape");
      await expect(dialog).toBeVisible();
      await expect(search).toBeFocused();
      await expect(search).toHaveValue("");
      await keyboard.type("v");
      await expect(search).toHaveValue("v");
      await keyboard.press("Escape");
      await keyboard.press("Escape");
      await expect(dialog).toHaveCount(0);
      await expect(title).toBeFocused();
    });
  }
  for (const [key, name] of [["a", "transfer"], ["Shift+E", "close"]]) {
    await test.step(`the note of ${name}`, async () => {
      await title.focus();
      await keyboard.press(key);
      const dialog = valeria.locator(`#${name}`);
      const note = dialog.locator('[name="note"]');
      await note.fill("Prefiere que la llamen");
      // The second one at once is the one that browsers close by without asking.
      await keyboard.press("Escape");
      await keyboard.press("Escape");
      await expect(note).toHaveValue("Prefiere que la llamen");
      await expect(note).toBeFocused();
      await dialog.getByRole("searchbox").fill("v");
      await keyboard.press("Escape");
      await keyboard.press("Escape");
      await expect(note).toHaveValue("Prefiere que la llamen");
      await note.fill("");
      await keyboard.press("Escape");
      await expect(dialog).toHaveCount(0);
      await keyboard.press(key);
      await note.fill("No hace falta");
      await dialog.locator('[data-act="dialog-close"]').first().click();
      await expect(dialog).toHaveCount(0);
    });
  }
});

test("a supervisor joins two contacts, takes it back, and blocks one", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  // What is typed here while nothing has the focus has to be on every keyboard.
  const [rosa, hugo] = [vendor.customer(), vendor.customer({ name: "Bruno Plaza" })];
  await rosa.write("Hola, soy yo con otro número");
  await hugo.write("Promociones gratis");
  const valeria = await open("valeria");
  await openFromList(valeria, rosa.name);
  const gabriela = await open("gabriela", new URL(valeria.url()).pathname);

  await test.step("the other is found by a piece of the name", async () => {
    const slow = await slowly(gabriela, /\/join$/);
    await gabriela.getByRole("button", { name: "Unir con otro contacto" }).click();
    await slow.asked();
    const piece = hugo.name.slice(0, -1);
    await gabriela.keyboard.type(piece);
    const search = gabriela.locator("#join").getByRole("searchbox");
    await slow.go();
    await expect(search).toBeFocused();
    // Typed while the dialog was on its way.
    await expect(search).toHaveValue(piece);
    await gabriela.locator("#join").getByRole("button", { name: hugo.name }).click();
    await expect(gabriela.locator("#join")).toHaveCount(0);
    await expect(gabriela.locator("[data-thread]")).toContainText("Se unieron dos contactos");
    // Who has it open sees without asking that there is more of them.
    await expect(valeria.locator("[data-thread] > .parallel")).toHaveCount(1);
    await expect(valeria.locator("#details-pane a.past")).toHaveCount(1);
  });
  await test.step("and they are two again", async () => {
    await at(gabriela).toast.getByRole("button", { name: "Deshacer" }).click();
    await expect(gabriela.locator("[data-thread]")).toContainText("Se separaron los dos contactos");
    await expect(valeria.locator("[data-thread] > .parallel")).toHaveCount(0);
    await expect(valeria.locator("#details-pane a.past")).toHaveCount(0);
  });
  await test.step("blocking asks why, and closes what is open", async () => {
    await gabriela.getByRole("button", { name: "Bloquear", exact: true }).click();
    const dialog = gabriela.locator("#block");
    await dialog.locator("textarea").fill("Insulta al personal");
    await dialog.getByRole("button", { name: "Bloquear contacto" }).click();
    await expect(gabriela.locator("#thread-pane")).toContainText("bloqueado");
    await expect(at(valeria).row(rosa.name)).toHaveCount(0);
    await expect(gabriela.locator("[data-thread]")).toContainText("WhatsApp también bloqueó");
    await expect(rosa.write("Sigo escribiendo"), "WhatsApp delivers nothing more").rejects.toThrow(/"accepted":false/);
    await expect(at(valeria).row(rosa.name)).toHaveCount(0);
    await gabriela.getByRole("button", { name: "Desbloquear" }).click();
    await expect(gabriela.getByRole("button", { name: "Bloquear", exact: true })).toBeVisible();
  });
  await test.step("and the word of it takes it back", async () => {
    await gabriela.getByRole("button", { name: "Bloquear", exact: true }).click();
    await gabriela.locator("#block textarea").fill("Por error");
    await gabriela.locator("#block").getByRole("button", { name: "Bloquear contacto" }).click();
    await expect(gabriela.getByRole("button", { name: "Desbloquear" })).toBeVisible();
    await at(gabriela).toast.getByRole("button", { name: "Deshacer" }).click();
    await expect(at(gabriela).toast).toHaveText("Contacto desbloqueado");
    await expect(gabriela.getByRole("button", { name: "Bloquear", exact: true })).toBeVisible();
  });
});

test("while several are chosen, keys mean them and not what is open", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const [here, other] = [vendor.customer(), vendor.customer()];
  for (const one of [here, other]) await one.write("Hola");
  await openFromList(valeria, here.name);
  await valeria.locator("#thread-title").focus();
  const slow = await slowly(valeria, "**/bulk.js");
  await at(valeria).row(other.name).getByRole("link").focus();
  await valeria.keyboard.press("x");
  await slow.asked();
  await valeria.keyboard.press("e");
  await slow.go();
  const [bar, choices] = [valeria.locator("#bulk"), valeria.locator("#bulk-choices")];
  await expect(bar).toContainText("1 elegida");
  for (const [key, title] of [["l", "Etiquetar"], ["z", "Posponer"], ["a", "Mover de cola"], ["Shift+E", "Resolver"]]) {
    await valeria.keyboard.press(key);
    await expect(choices.locator("h2")).toContainText(title);
    await valeria.keyboard.press("Escape");
    await expect(choices).toHaveCount(0);
  }
  await valeria.keyboard.press("t");
  await expect(bar.locator("button").first()).toBeFocused();
  await expect(valeria.locator("#dock")).toHaveAttribute("data-mode", "open");
  await valeria.keyboard.press("e");
  await choices.getByRole("button", { name: /Spam/ }).click();
  await expect(valeria.locator("#bulk-progress")).toContainText("1 hecha");
  await expect(at(valeria).row(other.name)).toHaveCount(0);
  // Its end, and the way back, outlive the page until they are put away.
  await valeria.reload();
  await expect(valeria.locator("#bulk-progress")).toContainText("1 hecha");
  await valeria.locator('#bulk-progress [data-act="bulkGone"]').click();
  await expect(valeria.locator("#bulk-progress")).toHaveCount(0);
  expect(await valeria.evaluate(() => sessionStorage.getItem("bandeja:bulk"))).toBeNull();
  await expect(at(valeria).row(here.name)).toBeVisible();
  await valeria.locator("#thread-title").focus();
  await valeria.keyboard.press("e");
  await expect(at(valeria).row(here.name)).toHaveCount(0);
});
