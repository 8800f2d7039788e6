import { at, expect, openFromList, test } from "../support/house.js";

const DAY = 24 * 3600;

test("outside of the reply window the notice stands where one would write", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const customer = vendor.customer();
  await customer.write("¿Me llaman mañana?", { at: -DAY - 3600 });
  await at(valeria).row(customer.name).getByRole("link").click();
  await expect(at(valeria).dock).toHaveAttribute("data-mode", "closed");
  await expect(valeria.locator(".dock-closed")).toBeVisible();
  await expect(valeria.locator(".dock-closed")).toContainText("Solo puedes enviar una plantilla aprobada");
  await expect(at(valeria).draft).toBeHidden();
  await expect(at(valeria).row(customer.name).locator(".win.shut")).toBeVisible();

  // A page that is out of date, or a script, gets no further.
  const id = new URL(valeria.url()).pathname.split("/").pop();
  const form = { client_id: crypto.randomUUID(), body: "¿Hola?" };
  await expect(office.command("valeria", "POST", `/conversations/${id}/messages`, form)).rejects.toThrow(/"window_closed"/);
  expect(await customer.received()).toEqual([]);

  await test.step("the customer writes again and the composer is back", async () => {
    await customer.write("¿Siguen ahí?");
    await expect(at(valeria).draft).toBeVisible();
    await at(valeria).draft.fill("Aquí estamos");
    await at(valeria).draft.press("Enter");
    await expect.poll(() => customer.received()).toEqual(["Aquí estamos"]);
  });
});

test("Esc closes the templates where they were opened by hand, and leaves them where they are all there is", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const [customer, late] = [vendor.customer(), vendor.customer()];
  await customer.write("¿Me llaman mañana?");
  await late.write("¿Me llaman mañana?", { at: -DAY - 3600 });
  const search = valeria.locator("#pick-search");
  await openFromList(valeria, customer.name);
  await valeria.locator('#composer [data-act="pick"]').click();
  await expect(search).toBeFocused();
  await valeria.keyboard.type("cita");
  await valeria.keyboard.press("Escape");
  await expect(search).toBeHidden();
  await expect(at(valeria).draft).toBeFocused();

  await at(valeria).row(late.name).getByRole("link").click();
  await expect(at(valeria).dock).toHaveAttribute("data-mode", "closed");
  await search.focus();
  await valeria.keyboard.press("Escape");
  await expect(search).toBeVisible();
});

test("the window closes while the agent types: at the second, and the text stays", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const customer = vendor.customer();
  const closes = Math.floor(Date.now() / 1000) + 8;
  await customer.write("Última llamada", { at: closes - DAY });
  await openFromList(valeria, customer.name);
  await expect(valeria.locator("#window")).toHaveClass(/warn-t/);
  await valeria.evaluate(() => {
    const dock = document.getElementById("dock");
    new MutationObserver(() => (window.closedAt ??= Date.now())).observe(dock, { attributeFilter: ["data-mode"] });
  });
  await valeria.keyboard.type("Le escribo para conf");
  await expect(at(valeria).dock).toHaveAttribute("data-mode", "closed", { timeout: 30_000 });
  const late = (await valeria.evaluate(() => window.closedAt)) - closes * 1000;
  expect(late, "not before its time").toBeGreaterThanOrEqual(0);
  expect(late, "and not long after").toBeLessThan(3000);
  await expect(valeria.locator(".dock-closed")).toBeVisible();
  await expect(valeria.locator("#thread-title")).toBeFocused();
  await expect(at(valeria).draft).toHaveValue("Le escribo para conf");
  expect(await customer.received()).toEqual([]);
});

test("the window closes while the agent records: nobody is heard any more, and the voice note waits", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const customer = vendor.customer();
  await customer.write("Última llamada", { at: Math.floor(Date.now() / 1000) + 15 - DAY });
  await openFromList(valeria, customer.name);
  await valeria.evaluate(() => {
    const { mediaDevices } = navigator;
    const ask = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (what) => (window.heard = await ask(what));
  });
  const hears = () => valeria.evaluate(() => window.heard.getTracks().some(({ readyState }) => readyState === "live"));
  const recorder = valeria.locator(".recorder");
  const kept = valeria.locator("#voice-kept");
  await valeria.getByRole("button", { name: "Grabar nota de voz" }).click();
  await expect(recorder.locator("[data-time]")).toHaveText("0:01");
  expect(await hears()).toBe(true);
  await expect(at(valeria).dock).toHaveAttribute("data-mode", "closed", { timeout: 30_000 });
  await expect.poll(hears).toBe(false);
  await expect(kept).toContainText("Hay una nota de voz grabada");
  await expect(at(valeria).toast).toContainText("Hay una nota de voz grabada");

  await test.step("a note is written meanwhile, and takes nothing with it", async () => {
    await valeria.locator(".dock-closed").getByRole("button", { name: "Nota interna" }).click();
    await expect(recorder).toBeHidden();
    await valeria.keyboard.type("Quedó una nota de voz");
    await valeria.keyboard.press("Enter");
    await expect(at(valeria).bubble("Quedó una nota de voz")).toHaveCount(1);
    await valeria.keyboard.press("Escape");
    await expect(kept).toBeVisible();
  });
  await test.step("the customer writes again, and it goes", async () => {
    await customer.write("¿Siguen ahí?");
    await expect(at(valeria).dock).toHaveAttribute("data-mode", "open");
    await valeria.getByRole("tab", { name: "Responder" }).click();
    await expect(kept).toBeHidden();
    await valeria.getByRole("button", { name: "Enviar nota de voz" }).click();
    await expect(at(valeria).thread.locator(".msg.out [data-sound]")).toHaveCount(1);
    await expect(recorder).toBeHidden();
  });
});
