// The product by keyboard alone: what is typed while something loads, the help, going to what is unread, and the walk
// through a whole conversation.
import { at, expect, live, openFromList, slowly, test } from "../support/house.js";
import { inspect } from "../support/inspect.js";

test("what is typed while something loads belongs to what comes", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const [first, second] = [vendor.customer(), vendor.customer()];
  for (const customer of [first, second]) {
    await customer.write("Hola");
    await expect(at(valeria).row(customer.name)).toBeVisible();
  }
  await openFromList(valeria, first.name);
  await valeria.keyboard.press("Escape");

  await test.step("the palette gets the words, and E resolves nothing", async () => {
    let release;
    await valeria.route("**/palette", async (route) => {
      await new Promise((done) => (release = done));
      await route.continue();
    });
    await valeria.keyboard.press("Control+k");
    await expect.poll(() => release !== undefined).toBe(true);
    // Asked for twice, it is one.
    await valeria.keyboard.press("Control+k");
    await valeria.keyboard.type("resolver");
    await valeria.keyboard.press("Backspace");
    release();
    await expect(valeria.locator("#pal-q")).toHaveValue("resolve");
    await expect(valeria.locator("#pal-q")).toBeFocused();
    await expect(valeria.getByRole("option", { name: /^Resolver/ }).first()).toBeVisible();
    await valeria.keyboard.press("Escape");
    await expect(at(valeria).row(first.name)).toBeVisible();
    await expect(valeria.locator("#thread-title")).toHaveText(first.name);
  });
  await test.step("the composer of the conversation that is opened gets them", async () => {
    let release;
    const path = await at(valeria).row(second.name).getByRole("link").getAttribute("href");
    await valeria.route(`**${path}*`, async (route) => {
      await new Promise((done) => (release = done));
      await route.continue();
    });
    await at(valeria).row(second.name).getByRole("link").focus();
    await valeria.keyboard.press("Enter");
    await expect.poll(() => release !== undefined).toBe(true);
    await valeria.keyboard.type("enseguida");
    release();
    await expect(valeria.locator("#thread-title")).toHaveText(second.name);
    await expect(at(valeria).draft).toHaveValue("enseguida");
    await expect(at(valeria).draft).toBeFocused();
    for (const customer of [first, second]) await expect(at(valeria).row(customer.name)).toBeVisible();
  });
});

test("Esc gives up what is on its way; what is typed for it is not lost; what was meant for one is not done to another", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const [first, second] = [vendor.customer(), vendor.customer()];
  for (const customer of [first, second]) {
    await customer.write("Hola, ¿atienden hoy?");
    await expect(at(valeria).row(customer.name)).toBeVisible();
  }
  await openFromList(valeria, first.name);
  await expect(at(valeria).bubble("¿atienden hoy?")).toBeVisible();
  const { keyboard } = valeria;
  const { draft } = at(valeria);
  const title = valeria.locator("#thread-title");

  await test.step("a file that was picked before there is a tray goes with the words that were sent at once", async () => {
    const slow = await slowly(valeria, "**/tray.js");
    await valeria.locator("#attach-file").setInputFiles({ name: "Receta.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n%%EOF\n") });
    await draft.fill("Con la receta");
    await draft.press("Enter");
    await slow.asked();
    await expect(draft).toHaveValue("Con la receta");
    await slow.go();
    await expect(at(valeria).thread.locator(".msg.out").filter({ hasText: "Con la receta" })).toContainText("Receta.pdf");
  });
  await test.step("Q and at once Esc: no quote; Q and at once words: they are the answer", async () => {
    await draft.press("Escape");
    const slow = await slowly(valeria, "**/strips.js");
    await keyboard.press("q");
    await slow.asked();
    await keyboard.press("Escape");
    await slow.go();
    await expect(valeria.locator("#quote")).toBeHidden();
    await expect(draft).not.toBeFocused();
    await keyboard.press("q");
    await keyboard.type("Claro");
    await expect(valeria.locator("#quote")).toBeVisible();
    await expect(draft).toHaveValue("Claro");
    await keyboard.press("Escape");
    await draft.fill("");
  });
  await test.step("a quick reply is taken by the Enter that came before it, and nothing goes to the customer", async () => {
    const slow = await slowly(valeria, "**/macros");
    await keyboard.type("/pag");
    await slow.asked();
    await keyboard.press("Enter");
    await slow.go();
    await expect(draft).toHaveValue(/aceptamos Visa/);
    await expect(at(valeria).thread.locator(".msg.out")).toHaveCount(1);
    await draft.fill("");
  });
  await test.step("an emoji is looked for with what was typed before its picker came", async () => {
    const slow = await slowly(valeria, "**/emoji.js");
    await valeria.getByRole("button", { name: "Emoji", exact: true }).click();
    await slow.asked();
    await keyboard.type("pulgar");
    await slow.go();
    await expect(valeria.locator(".emoji input")).toHaveValue("pulgar");
    await expect(valeria.locator(".emoji").getByRole("button").first()).toHaveText("👍");
    await keyboard.press("Escape");
  });
  await test.step("a tag likewise; and Esc", async () => {
    await title.focus();
    let slow = await slowly(valeria, "**/tags");
    await keyboard.press("l");
    await slow.asked();
    await keyboard.type("dolor");
    await slow.go();
    await expect(valeria.locator("#tags").getByRole("searchbox")).toHaveValue("dolor");
    // The first Esc empties the field, the second closes.
    await keyboard.press("Escape");
    await keyboard.press("Escape");
    await expect(valeria.locator("#tags")).toHaveCount(0);
    await title.focus();
    slow = await slowly(valeria, "**/snooze");
    await keyboard.press("z");
    await slow.asked();
    await keyboard.press("Escape");
    await slow.go();
    await expect(valeria.locator("#snooze")).toHaveCount(0);
  });
  await test.step("another conversation is opened meanwhile: the dialog was not meant for that", async () => {
    await title.focus();
    const slow = await slowly(valeria, "**/snooze");
    await keyboard.press("z");
    await slow.asked();
    await at(valeria).row(second.name).getByRole("link").click();
    await expect(title).toHaveText(second.name);
    await slow.go();
    await expect(valeria.locator("#snooze")).toHaveCount(0);
    await expect(draft).toBeFocused();
  });
  await test.step("the row that was meant by X is chosen, wherever one is by then", async () => {
    const slow = await slowly(valeria, "**/bulk.js");
    await valeria.locator("#list a.conv").first().focus();
    await keyboard.press("x");
    await slow.asked();
    await keyboard.press("j");
    await slow.go();
    await expect(valeria.locator("#list > li").first()).toHaveAttribute("data-chosen", "");
    await expect(valeria.locator("#list > li[data-chosen]")).toHaveCount(1);
    await keyboard.press("Escape");
    await expect(valeria.locator("#bulk")).toHaveCount(0);
  });
  await test.step("words for one list do not bring it back when another was chosen at once", async () => {
    await valeria.locator("#list-find").fill("zzz");
    await valeria.locator('#side a[data-list="all"], #side a[data-list="waiting"]').first().click();
    await expect(valeria.locator("#list-pane")).not.toHaveAttribute("data-key", "mine");
    // Longer than a pause in typing is waited for.
    await valeria.evaluate(() => new Promise((done) => setTimeout(done, 400)));
    await expect(valeria.locator("#list-pane")).not.toHaveAttribute("data-list-view", /zzz/);
    await expect(valeria.locator("#list-find")).toHaveValue("");
    await valeria.locator('#side a[data-list="mine"]').click();
    await expect(at(valeria).row(first.name)).toBeVisible();
  });
  await test.step("who filters a list and writes meanwhile stays where they write", async () => {
    await valeria.locator('[data-act="filters"]').first().click();
    await valeria.locator("form.filters").getByLabel("Clientes VIP").check();
    const slow = await slowly(valeria, /\/inbox\/list\?/);
    await valeria.locator('form.filters [type="submit"]').click();
    await slow.asked();
    await draft.click();
    await keyboard.type("Enseg");
    await slow.go();
    await expect(valeria.locator(".list-empty")).toBeVisible();
    await keyboard.type("uida");
    await expect(draft).toHaveValue("Enseguida");
    await draft.fill("");
  });
  await test.step("T opens the templates, and what is typed at once is looked for", async () => {
    await title.focus();
    const slow = await slowly(valeria, "**/templates");
    await keyboard.press("t");
    await slow.asked();
    await keyboard.type("cita");
    await slow.go();
    await expect(valeria.locator("#pick-search")).toHaveValue("cita");
  });
});

test("the key that resolves is no text for the next customer: not its repeats, and not its second press", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const customers = Array.from({ length: 6 }, () => vendor.customer());
  for (const customer of customers) {
    await customer.write("Hola");
    await expect(at(valeria).row(customer.name)).toBeVisible();
  }
  await openFromList(valeria, customers[0].name);
  const { keyboard } = valeria;
  const { draft } = at(valeria);
  const title = valeria.locator("#thread-title");
  const rows = valeria.locator("#list > li");
  const another = /\/inbox\/[0-9a-f-]{36}/;
  // How fast somebody presses is told by the story, not by the machine it runs on.
  let time = Date.now();
  const pass = (ms) => valeria.clock.setFixedTime((time += ms));
  await pass(0);

  await test.step("twice at once, before the next one is there", async () => {
    await title.focus();
    const slow = await slowly(valeria, another);
    await keyboard.press("e");
    await pass(150);
    await keyboard.press("e");
    await slow.asked();
    await slow.go();
    await expect(draft).toBeFocused();
    await expect(draft).toHaveValue("");
    await expect(rows).toHaveCount(5);
  });
  await test.step("twice at once, when the next one is there already; a moment later it is text", async () => {
    await pass(1000);
    await title.focus();
    await keyboard.press("e");
    await expect(rows).toHaveCount(4);
    await expect(draft).toBeFocused();
    await pass(200);
    await keyboard.press("e");
    await expect(draft).toHaveValue("");
    await pass(600);
    await keyboard.press("e");
    await expect(draft).toHaveValue("e");
    await draft.fill("");
  });
  await test.step("held down", async () => {
    await title.focus();
    await keyboard.down("e");
    await expect(rows).toHaveCount(3);
    await expect(draft).toBeFocused();
    for (let repeat = 0; repeat < 5; repeat++) await keyboard.down("e");
    await keyboard.up("e");
    await expect(draft).toHaveValue("");
    await expect(rows).toHaveCount(3);
    await pass(1000);
    await keyboard.type("eso");
    await expect(draft).toHaveValue("eso");
    await draft.fill("");
  });
  await test.step("words that are typed meanwhile are kept, whatever they begin with", async () => {
    for (const [wait, words] of [[100, "hola, digame"], [600, "enseguida"]]) {
      await pass(1000);
      await title.focus();
      const slow = await slowly(valeria, another);
      await keyboard.press("e");
      await pass(wait);
      await keyboard.type(words);
      await slow.asked();
      await slow.go();
      await expect(draft).toBeFocused();
      await expect(draft).toHaveValue(words);
      await draft.fill("");
    }
  });
});

test("E held down resolves one, where nothing can be written to the next one either", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const customers = Array.from({ length: 4 }, () => vendor.customer());
  for (const customer of customers) {
    await customer.write("Hola", { at: -25 * 3600 });
    await expect(at(valeria).row(customer.name)).toBeVisible();
  }
  const { keyboard } = valeria;
  const title = valeria.locator("#thread-title");
  const rows = valeria.locator("#list > li");
  const resolved = [];
  valeria.on("request", (request) => request.method() === "POST" && /\/close$/.test(request.url()) && resolved.push(request.url()));
  await at(valeria).row(customers[0].name).getByRole("link").click();
  await expect(title).toHaveText(customers[0].name);
  await title.focus();
  await keyboard.down("e");
  await expect(rows).toHaveCount(3);
  await expect(title).not.toHaveText(customers[0].name);
  await expect(title).toBeFocused();
  for (let repeat = 0; repeat < 5; repeat++) await keyboard.down("e");
  await keyboard.up("e");
  // Pressed anew it resolves the next, and that alone.
  await keyboard.press("e");
  await expect(rows).toHaveCount(2);
  await expect(at(valeria).toast.first()).toBeVisible();
  expect(resolved).toHaveLength(2);
});

test("the help tells every key there is, and single keys are turned off for good", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const customer = vendor.customer();
  await customer.write("Hola");
  await openFromList(valeria, customer.name);
  await valeria.keyboard.press("Escape");
  await valeria.keyboard.press("?");
  const help = valeria.locator("#keys");
  for (const words of ["Siguiente sin leer", "Siguiente que me espera", "Resolver", "Pasar la conversación", "Esta ayuda", "Bandeja"]) {
    await expect(help.locator("dd").getByText(words, { exact: true }).first()).toBeVisible();
  }
  await inspect(valeria, "keys", { scope: "#keys" });
  await valeria.setViewportSize({ width: 1440, height: 900 });
  const kept = valeria.waitForResponse("**/me/keys");
  await help.getByLabel("Usar atajos de una sola tecla").uncheck();
  await kept;
  await valeria.keyboard.press("Escape");
  await expect(help).toBeHidden();

  await test.step("single keys do nothing, here and after a reload; those with Ctrl do", async () => {
    await valeria.keyboard.press("e");
    await valeria.keyboard.press("r");
    await expect(at(valeria).draft).not.toBeFocused();
    await expect(at(valeria).toast).toHaveCount(0);
    await valeria.reload();
    await live(valeria);
    await valeria.keyboard.press("?");
    await expect(help).toBeHidden();
    await valeria.keyboard.press("Control+k");
    await expect(valeria.locator("#pal-q")).toBeFocused();
    await valeria.keyboard.press("Escape");
  });
  await test.step("and on again, in one's own account", async () => {
    await valeria.goto("/me");
    const part = valeria.locator("#single-keys");
    await expect(part.getByLabel("Usar atajos de una sola tecla")).not.toBeChecked();
    await part.getByLabel("Usar atajos de una sola tecla").check();
    await part.getByRole("button", { name: "Guardar" }).click();
    await expect(valeria).toHaveURL(/saved=/);
    await live(valeria);
    await valeria.locator("#main").focus();
    await valeria.keyboard.press("g");
    await valeria.keyboard.press("i");
    await expect(valeria).toHaveURL(/\/inbox/);
  });
});

test("to the next unread and to who waits, over the lists, by keys and by the palette", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const customers = [vendor.customer(), vendor.customer(), vendor.customer()];
  for (const customer of customers) {
    await customer.write("Hola");
    await expect(at(valeria).row(customer.name).locator(".badge")).toHaveText("1");
  }
  const names = await valeria.locator("#list .who").allInnerTexts();
  const title = valeria.locator("#thread-title");
  const unread = valeria.locator("#list a.unread");

  await valeria.keyboard.press("j");
  await expect(title).toHaveText(names[0]);
  await expect(unread).toHaveCount(2);
  await test.step("the place in the list is kept, and it is said where one is", async () => {
    await valeria.keyboard.press("Shift+J");
    await expect(title).toHaveText(names[1]);
    await expect(valeria.locator("#list > li a").nth(1)).toBeFocused();
    await expect(valeria.locator("#say")).toHaveText(`${names[1]}. 1 sin leer`);
    await expect(unread).toHaveCount(1);
    await valeria.keyboard.press("Shift+J");
    await expect(title).toHaveText(names[2]);
    await expect(unread).toHaveCount(0);
    await expect(valeria).not.toHaveTitle(/^\(/);
    await valeria.keyboard.press("Shift+J");
    await expect(at(valeria).toast).toHaveText("No tienes nada sin leer");
  });
  await test.step("what one means to come back to is unread again, on every tab, until it is opened", async () => {
    const tab = await valeria.context().newPage();
    await tab.goto("/me");
    await live(tab);
    await valeria.keyboard.press("Shift+M");
    await expect(title).toHaveText("Elige una conversación");
    const row = at(valeria).row(names[2]);
    await expect(row.locator(".badge")).toHaveText("1");
    await expect(row.getByRole("link")).toBeFocused();
    for (const page of [valeria, tab]) await expect(page).toHaveTitle(/^\(1\) /);
    await tab.close();
    await valeria.keyboard.press("Enter");
    await expect(title).toHaveText(names[2]);
    await expect(unread).toHaveCount(0);
    await row.getByRole("link").focus();
  });
  await test.step("who has waited longest is next, then round", async () => {
    await valeria.keyboard.press(".");
    await expect(title).toHaveText(customers[1].name);
    await valeria.keyboard.press(".");
    await expect(title).toHaveText(customers[2].name);
    await valeria.keyboard.press(".");
    await expect(title).toHaveText(customers[0].name);
    await valeria.keyboard.press(".");
    await expect(title).toHaveText(customers[1].name);
  });
  await test.step("from a list without any it goes on to the one that has", async () => {
    await customers[0].write("¿Y bien?");
    await expect(at(valeria).row(customers[0].name).locator(".badge")).toHaveText("1");
    await valeria.locator('#side a[data-list="mentions"]').click();
    await expect(valeria.locator("#list-pane")).toHaveAttribute("data-key", "mentions");
    await valeria.locator("#list-pane h2").click();
    await valeria.keyboard.press("Escape");
    await valeria.keyboard.press("Control+k");
    await valeria.keyboard.type("siguiente sin leer");
    await expect(valeria.getByRole("option", { name: /Siguiente sin leer/ })).toHaveAttribute("aria-selected", "true");
    await valeria.keyboard.press("Enter");
    await expect(title).toHaveText(customers[0].name);
    await expect(at(valeria).row(customers[0].name)).toBeVisible();
  });
});

test("a whole conversation without a pointer: in order, always in sight, and back where one was", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const customers = [vendor.customer(), vendor.customer(), vendor.customer()];
  for (const customer of customers) {
    await customer.write("¿Tienen cita? https://example.com");
    await expect(at(valeria).row(customer.name)).toBeVisible();
  }
  const customer = customers[2];
  await customer.write("El viernes mejor");
  await openFromList(valeria, customer.name);
  await expect(at(valeria).bubble("El viernes mejor")).toBeVisible();

  await test.step("one stop for the list, and the ring is seen at every stop", async () => {
    await valeria.locator(".skip").focus();
    const stops = [];
    for (let stop = 0; stop < 60; stop++) {
      await valeria.keyboard.press("Tab");
      const where = await valeria.evaluate(() => {
        const element = document.activeElement;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        const around = element.closest(".composer, .search");
        const ring = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
        const frame = around && getComputedStyle(around).boxShadow !== "none";
        const part = element.closest(".rail, #me-menu, #side, #list, .list-head, .thread-head, [data-thread], #dock, #details-pane, #list-pane");
        return { part: part?.id || part?.className || element.tagName, seen: ring || Boolean(frame) || Boolean(around), name: element.ariaLabel ?? element.textContent.trim().slice(0, 40) };
      });
      if (where.part === "BODY") break;
      stops.push(where);
    }
    expect(stops.filter(({ seen }) => !seen)).toEqual([]);
    const parts = stops.map(({ part }) => part.split(" ")[0]);
    expect(parts.filter((part) => part === "list")).toHaveLength(1);
    const order = [...new Set(parts)].map((part) => (part.startsWith("thread-") && part !== "thread-head" ? "thread" : part));
    for (const [before, after] of [["rail", "side"], ["side", "list"], ["list", "thread-head"], ["thread-head", "thread"], ["thread", "dock"], ["dock", "details-pane"]]) {
      const [one, other] = [before, after].map((part) => order.indexOf(part));
      expect(one, `${before} is reached: ${order}`).toBeGreaterThanOrEqual(0);
      expect(other, `${after} comes after ${before}: ${order}`).toBeGreaterThan(one);
    }
  });
  await test.step("every dialog gives the focus back to where it was", async () => {
    const row = at(valeria).row(customer.name).getByRole("link");
    for (const [key, dialog] of [["a", "#transfer"], ["z", "#snooze"], ["l", "#tags"], ["Shift+E", "#close"], ["?", "#keys"], ["Control+k", "#palette"]]) {
      await row.focus();
      await valeria.keyboard.press(key);
      await expect(valeria.locator(dialog)).toBeVisible();
      await valeria.keyboard.press("Escape");
      await expect(valeria.locator(dialog)).toBeHidden();
      await expect(row, key).toBeFocused();
    }
    await valeria.locator("summary[data-more]").focus();
    await valeria.keyboard.press("Enter");
    await valeria.locator('[data-act="why"]').focus();
    await valeria.keyboard.press("Enter");
    await expect(valeria.locator("#why")).toBeVisible();
    await valeria.keyboard.press("Escape");
    await expect(valeria.locator("summary[data-more]")).toBeFocused();
  });
  await test.step("an older message is quoted from the field", async () => {
    await valeria.keyboard.press("q");
    const quoted = valeria.locator("#quote [data-text]");
    await expect(quoted).toHaveText("El viernes mejor");
    await expect(at(valeria).draft).toBeFocused();
    await valeria.keyboard.press("Alt+ArrowUp");
    await expect(quoted).toContainText("¿Tienen cita?");
    await expect(valeria.locator("#say")).toContainText("¿Tienen cita?");
    await valeria.keyboard.type("Sí, tenemos");
    await valeria.keyboard.press("Enter");
    await expect(at(valeria).bubble("Sí, tenemos")).toContainText("¿Tienen cita?");
  });
  await test.step("the list goes on by arrows, and single keys are not needed for it", async () => {
    await at(valeria).row(customer.name).getByRole("link").focus();
    const all = await valeria.locator("#list > li a").count();
    await valeria.keyboard.press("ArrowUp");
    for (let step = 0; step < all; step++) await valeria.keyboard.press("ArrowDown");
    await expect(valeria.locator("#list > li a").nth(all - 1)).toBeFocused();
    await valeria.keyboard.press("Enter");
    await expect(at(valeria).draft).toBeFocused();
  });
});
