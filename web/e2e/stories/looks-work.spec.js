// What is done to a conversation beside answering, on a desk and on a phone, light and dark.
import { at, expect, openFromList, test } from "../support/house.js";
import { flaws, inspect } from "../support/inspect.js";

/** Whether two of a page stand one over the other. */
const meets = (page, ...both) =>
  page.evaluate((both) => {
    const [a, b] = both.map((one) => document.querySelector(one).getBoundingClientRect());
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  }, both);

/** Whether all of it is on the screen. */
const inSight = (place) =>
  place.evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  });

/** Whether an element shows all of its words. */
const whole = (place) => place.evaluate((element) => element.scrollWidth <= element.clientWidth);

test("on a narrow or a low screen words stay whole and nothing stands over what is written", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  await vendor.customer().write("Hola, ¿atienden hoy?");
  const lucia = vendor.customer({ name: "Lucía Fernández de Córdova y Villanueva" });
  await lucia.write("¿Ya llegó mi férula?");
  await openFromList(valeria, lucia.name);
  await office.command("valeria", "PUT", `/conversations/${new URL(valeria.url()).pathname.split("/").pop()}/urgency`, { urgency: "urgent" });
  const pill = valeria.locator(".thread-state > .urgency");
  await expect(pill).toBeVisible();

  for (const width of [1440, 1024, 720, 640, 390]) {
    await test.step(`the head of the thread, ${width}`, async () => {
      await valeria.setViewportSize({ width, height: 768 });
      expect(await whole(pill)).toBe(true);
      expect(await whole(valeria.locator('.thread-head > [data-act="close"]'))).toBe(true);
    });
  }
  await test.step("the list's title beside the offer to order again", async () => {
    await valeria.setViewportSize({ width: 1366, height: 768 });
    // The offer comes with rows that wait below a pointer; here it is about room alone.
    await valeria.locator('.list-head [data-act="sort"]').evaluate((chip) => (chip.hidden = false));
    expect(await whole(valeria.locator(".view-switch > .trunc"))).toBe(true);
  });
  for (const [width, height] of [[683, 384], [390, 500]]) {
    await test.step(`ten lines, ${width} by ${height}`, async () => {
      await valeria.setViewportSize({ width, height });
      await at(valeria).draft.fill(Array(10).fill("línea").join("\n"));
      expect(await inSight(valeria.locator("#composer .composer-bar"))).toBe(true);
      await valeria.locator('#composer [data-menu="more-menu"]').click();
      expect(await inSight(valeria.locator("#composer .more"))).toBe(true);
      await valeria.keyboard.press("Escape");
    });
  }
  await test.step("what was just done is told beside the next conversation", async () => {
    await valeria.setViewportSize({ width: 1366, height: 768 });
    await at(valeria).draft.fill("");
    await valeria.locator("#thread-title").focus();
    await valeria.keyboard.press("e");
    await expect(at(valeria).toast).toContainText("resuelta");
    for (const width of [1440, 1366, 1024]) {
      await valeria.setViewportSize({ width, height: 768 });
      expect(await meets(valeria, "#toasts .toast", "#thread-pane")).toBe(false);
    }
  });
});

test("the dialogs of an agent's work", async ({ open, office, vendor }) => {
  test.slow();
  await office.atWork("valeria");
  const valeria = await open("valeria");
  for (const customer of [vendor.customer(), vendor.customer()]) await customer.write("Hola, ¿atienden hoy?");
  const lucia = vendor.customer();
  await lucia.write("¿Ya llegó mi férula?");
  await openFromList(valeria, lucia.name);
  const path = new URL(valeria.url()).pathname;
  for (const deed of ["snooze", "closeWith", "tags"]) {
    const id = { closeWith: "close" }[deed] ?? deed;
    await valeria.setViewportSize({ width: 1440, height: 900 });
    await valeria.locator("#thread-title").focus();
    await valeria.keyboard.press({ snooze: "z", closeWith: "Shift+E", tags: "l" }[deed]);
    await expect(valeria.locator(`dialog#${id}`)).toBeVisible();
    await inspect(valeria, `work-${id}`);
    if (deed === "tags") await valeria.locator('#tags [data-urgency="urgent"]').click();
    await valeria.keyboard.press("Escape");
    await expect(valeria.locator(`dialog#${id}`)).toHaveCount(0);
  }
  await inspect(valeria, "work-urgent");
  await valeria.setViewportSize({ width: 1440, height: 900 });
  await valeria.locator("[data-more]").click();
  await inspect(valeria, "work-more");
  await valeria.setViewportSize({ width: 1440, height: 900 });
  await valeria.locator("[data-more]").click();
  await valeria.locator('.thread-head > [data-act="snooze"]').click();
  await valeria.locator("#snooze").getByRole("button", { name: /Mañana/ }).click();
  await expect(at(valeria).row(lucia.name)).toHaveCount(0);
  await valeria.goto(path);
  await expect(at(valeria).dock).toHaveAttribute("data-mode", "snoozed");
  await inspect(valeria, "work-snoozed");
});

test("several at once", async ({ open, office, vendor }) => {
  test.slow();
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const customers = [vendor.customer(), vendor.customer(), vendor.customer()];
  for (const customer of customers) {
    await customer.write("Hola, ¿atienden hoy?");
    await expect(at(valeria).row(customer.name)).toBeVisible();
  }
  await test.step("X chooses, with Shift all up to there", async () => {
    await valeria.locator("#list a.conv").first().focus();
    await valeria.keyboard.press("x");
    await expect(valeria.locator("#bulk")).toContainText("1 elegida");
    await valeria.locator("#list a.conv").last().focus();
    await valeria.keyboard.press("Shift+X");
    await expect(valeria.locator("#bulk")).toContainText("3 elegidas");
    await expect(valeria.locator("#list > li[data-chosen]")).toHaveCount(3);
  });
  await test.step("so does the button above the list, for who points or touches; and lets go again", async () => {
    const button = valeria.locator('.list-head [data-act="choose"]');
    await expect(button).toHaveAttribute("aria-pressed", "true");
    await button.click();
    await expect(valeria.locator("#bulk")).toHaveCount(0);
    await button.click();
    await expect(valeria.locator("#bulk")).toContainText("0 elegidas");
    await valeria.locator("#list a.conv").first().click();
    await valeria.locator("#list a.conv").last().click({ modifiers: ["Shift"] });
    await expect(valeria.locator("#bulk")).toContainText("3 elegidas");
  });
  await inspect(valeria, "work-bulk");
  await valeria.setViewportSize({ width: 1440, height: 900 });
  await test.step("the bar stands below the rows and over nothing", async () => {
    expect(await meets(valeria, "#bulk", "#thread-pane")).toBe(false);
    expect(await meets(valeria, "#bulk", "#list")).toBe(false);
  });
  await test.step("a click lets one go again", async () => {
    await valeria.locator("#list a.conv").last().click();
    await expect(valeria.locator("#bulk")).toContainText("2 elegidas");
  });
  await valeria.locator('#bulk [data-what="close"]').click();
  await inspect(valeria, "work-bulk-choices");
  await valeria.setViewportSize({ width: 1440, height: 900 });
  await test.step("both are resolved, and taken back", async () => {
    await valeria.locator("#bulk-choices").getByRole("button", { name: /Spam/ }).click();
    await expect(valeria.locator("#bulk-progress")).toContainText("2 hechas");
    await expect(valeria.locator("#list > li")).toHaveCount(1);
    await inspect(valeria, "work-bulk-done");
    await valeria.setViewportSize({ width: 1440, height: 900 });
    // One of them writes meanwhile: what changed since is not taken back, and is named.
    const [left] = await valeria.locator("#list .who").allTextContents();
    const back = customers.find(({ name }) => name !== left);
    await back.write("Una cosa más");
    await expect(at(valeria).row(back.name)).toBeVisible();
    await valeria.locator("#bulk-progress").getByRole("button", { name: "Deshacer" }).click();
    await expect(valeria.locator("#list > li")).toHaveCount(3);
    const refused = valeria.locator("#bulk-progress details");
    await refused.locator("summary").click();
    await expect(refused.locator("li")).toContainText(back.name);
    expect(await flaws(valeria)).toEqual([]);
  });
});

test("the tree of outcomes, and a supervisor's dialogs", async ({ open, office, vendor }) => {
  const admin = await open("admin", "/admin/outcomes");
  await expect(admin.locator("tbody tr").first()).toBeVisible();
  await inspect(admin, "work-outcomes");
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const lucia = vendor.customer();
  await lucia.write("Hola");
  await openFromList(valeria, lucia.name);
  const gabriela = await open("gabriela", new URL(valeria.url()).pathname);
  await gabriela.getByRole("button", { name: "Unir con otro contacto" }).click();
  await gabriela.locator("#join").getByRole("searchbox").fill("ro");
  await inspect(gabriela, "work-join");
  await gabriela.locator('#join [data-act="dialog-close"]').click();
  await gabriela.setViewportSize({ width: 1440, height: 900 });
  await gabriela.getByRole("button", { name: "Bloquear", exact: true }).click();
  await inspect(gabriela, "work-block");
});
