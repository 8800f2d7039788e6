// What calls for somebody while they look elsewhere: the desktop, sounds, the tab; on one tab of many, and never in peace.
import { clockOff } from "../support/clock.js";
import { at, expect, live, openFromList, test } from "../support/house.js";
import { inspect } from "../support/inspect.js";
import { expect as expectRouting, test as testRouting } from "../support/routing.js";

/** Write down the notifications a page makes, the browser's own where it was allowed to, and the sounds that rang. */
const desktop = (permission = "granted") => (page) =>
  page.addInitScript((permission) => {
    window.notes = [];
    window.rang = [];
    document.addEventListener("rang", ({ detail }) => window.rang.push(detail));
    const Own = Notification;
    // A stand-in where nobody is there to answer the browser's question.
    const Base = permission === "granted" ? Own : EventTarget;
    window.Notification = class extends Base {
      static permission = permission === "granted" ? Own.permission : permission;
      static async requestPermission() {
        return (this.permission = "granted");
      }
      constructor(title, options) {
        super(title, options);
        this.note = { title, body: options.body, tag: options.tag, closed: false };
        window.notes.push(this);
      }
      close() {
        this.note.closed = true;
        super.close?.();
        this.dispatchEvent(new Event("close"));
      }
    };
  }, permission);
const ALLOWED = { before: desktop(), permissions: ["notifications"] };

/** Somebody looks elsewhere, or back. */
const look = (page, here) =>
  page.evaluate((here) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => !here });
    document.hasFocus = () => here;
    document.dispatchEvent(new Event("visibilitychange"));
    window.dispatchEvent(new Event(here ? "focus" : "blur"));
  }, here);
const notes = (page) => page.evaluate(() => window.notes.map(({ note }) => note));
const standing = async (...pages) => (await Promise.all(pages.map(notes))).flat().filter(({ closed }) => !closed);

/** Another tab of the same person. */
async function tabOf(page, path) {
  const tab = await page.context().newPage();
  await desktop()(tab);
  await tab.goto(path);
  await live(tab);
  await tab.waitForFunction(() => "told" in document.getElementById("mine").dataset);
  return tab;
}

const USUAL = { offer_desktop: "on", offer_tone: "chime", message_desktop: "on", message_tone: "", mention_desktop: "on", mention_tone: "drop", due_desktop: "on", due_tone: "knock", alarm_desktop: "on", alarm_tone: "knock", volume: "60" };

test("two hidden tabs of an agent tell once, without what was written, and no more once it was read", async ({ open, office, vendor }) => {
  await office.command("valeria", "POST", "/me/bell", USUAL);
  await office.atWork("valeria");
  const customer = vendor.customer();
  const inbox = await open("valeria", "/inbox", ALLOWED);
  const me = await tabOf(inbox, "/me");
  for (const tab of [inbox, me]) await look(tab, false);

  await test.step("a conversation that is given to her", async () => {
    await customer.write("Mi clave es 4711");
    await expect.poll(() => standing(inbox, me)).toHaveLength(1);
    const [note] = await standing(inbox, me);
    expect(note.title).toBe(customer.name);
    expect(note.body).toBe("Nueva conversación para ti · Citas");
    for (const tab of [inbox, me]) await expect(tab).toHaveTitle(/^\(1\) /);
    await expect(inbox.locator('link[rel="icon"]')).toHaveAttribute("href", /icon-dot\.svg$/);
  });
  await test.step("what comes after takes its place", async () => {
    await customer.write("¿Me oyen?");
    await expect.poll(async () => (await standing(inbox, me)).map(({ body }) => body)).toEqual(["2 mensajes nuevos · Citas"]);
    expect(JSON.stringify([await notes(inbox), await notes(me)])).not.toContain("4711");
  });
  await test.step("a click opens it; read, nothing stands any more, on any tab", async () => {
    await inbox.evaluate(() => window.notes.findLast(({ note }) => !note.closed)?.dispatchEvent(new Event("click")));
    await me.evaluate(() => window.notes.findLast(({ note }) => !note.closed) && (window.clicked = true));
    // Whichever tab told: on the inbox the conversation opens in its pane.
    if (!(await me.evaluate(() => window.clicked))) await expect(inbox.locator("#thread-title")).toHaveText(customer.name);
    await look(inbox, true);
    if (await me.evaluate(() => window.clicked)) await openFromList(inbox, customer.name);
    await expect.poll(() => standing(inbox, me)).toEqual([]);
    for (const tab of [inbox, me]) await expect(tab).not.toHaveTitle(/^\(/);
    await expect(inbox.locator('link[rel="icon"]')).toHaveAttribute("href", /icon\.svg$/);
  });
  await test.step("what is written in the conversation before her eyes is not told", async () => {
    const before = (await notes(inbox)).length + (await notes(me)).length;
    await customer.write("Gracias");
    await expect(at(inbox).bubble("Gracias")).toBeVisible();
    expect((await notes(inbox)).length + (await notes(me)).length).toBe(before);
  });
  await test.step("a note that names her, until she has seen it", async () => {
    const talk = inbox.url().match(/inbox\/([0-9a-f-]+)/)[1];
    await look(inbox, false);
    await office.command("gabriela", "POST", `/conversations/${talk}/notes`, { client_id: crypto.randomUUID(), body: "@Valeria Quispe, ¿lo ves?" });
    await expect.poll(async () => (await standing(inbox, me)).map(({ title, body }) => `${title}: ${body}`)).toEqual([`${customer.name}: Te mencionan en una nota`]);
    await look(inbox, true);
    await expect.poll(() => standing(inbox, me)).toEqual([]);
  });
  await test.step("after a cut what is new is told, and nothing twice", async () => {
    const other = vendor.customer();
    await me.close();
    await inbox.reload();
    await live(inbox);
    await inbox.waitForFunction(() => "told" in document.getElementById("mine").dataset);
    expect(await notes(inbox)).toEqual([]);
    await look(inbox, false);
    await other.write("Buenas");
    await expect.poll(async () => (await standing(inbox)).map(({ title }) => title)).toEqual([other.name]);
  });
});

test("sounds ring as they were chosen, on one tab, and not in quiet hours", async ({ open, office, vendor }) => {
  await office.command("mateo", "POST", "/me/bell", { ...USUAL, message_tone: "drop" });
  await office.atWork("mateo");
  const mateo = await open("mateo", "/inbox", ALLOWED);
  await mateo.waitForFunction(() => "told" in document.getElementById("mine").dataset);
  const second = await tabOf(mateo, "/me");
  for (const tab of [mateo, second]) await tab.keyboard.press("Shift");
  for (const tab of [mateo, second]) await look(tab, false);
  const rang = async () => (await Promise.all([mateo, second].map((tab) => tab.evaluate(() => window.rang)))).flat();
  const customer = vendor.customer();
  await customer.write("Hola");
  await expect.poll(rang).toEqual(["chime"]);

  await test.step("all day and night in peace, on both tabs at once; the number goes on", async () => {
    await look(second, true);
    await second.getByLabel("No avisar en estas horas").check();
    await second.getByLabel("Desde").fill("00:00");
    await second.getByLabel("Hasta").fill("23:59");
    await second.locator("[data-bell-form]").getByRole("button", { name: "Guardar" }).click();
    await expect(at(second).toast).toHaveText("Avisos guardados");
    await look(second, false);
    const before = [await rang(), await standing(mateo, second)];
    await customer.write("¿Siguen ahí?");
    await vendor.customer().write("Otra persona");
    await expect(mateo).toHaveTitle(/^\(2\) /);
    expect([await rang(), await standing(mateo, second)]).toEqual(before);
  });
  await office.command("mateo", "POST", "/me/bell", USUAL);
});

test("an offer rings in quiet hours for who wants that, goes with its answer, and is not told again as given", async ({ open, office, vendor }) => {
  const peace = { quiet: "on", quiet_from: "00:00", quiet_until: "23:59", quiet_offers: "on" };
  for (let day = 1; day <= 7; day++) peace[`day_${day}`] = "on";
  await office.command("mateo", "POST", "/me/bell", { ...USUAL, ...peace });
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const customer = vendor.customer();
  await customer.write("¿Me pasan con Mateo?");
  await openFromList(valeria, customer.name);
  await office.atWork("mateo");
  const mateo = await open("mateo", "/inbox", ALLOWED);
  await mateo.waitForFunction(() => "told" in document.getElementById("mine").dataset);
  await look(mateo, false);
  await valeria.locator('.thread-head > [data-act="transfer"]').click();
  const dialog = valeria.locator("#transfer");
  await dialog.locator(".transfer-to", { hasText: "Mateo" }).getByRole("radio").check();
  await dialog.getByRole("button", { name: "Pasar" }).click();
  await expect.poll(async () => (await standing(mateo)).map(({ title, body }) => `${title}: ${body}`)).toEqual([`${customer.name}: Te ofrecen una conversación · Citas`]);
  const [id] = await mateo.locator("#offers > .offer[data-left]").evaluateAll((cards) => cards.map((card) => card.id.replace("offer-", "")));
  await office.command("mateo", "POST", `/conversations/${id}/offer/accept`);
  await mateo.waitForFunction((id) => document.getElementById(`mine-${id}`), id);
  await expect(mateo).toHaveTitle(/^\(1\) /);
  expect((await notes(mateo)).length).toBe(1);
  await look(mateo, true);
  await openFromList(mateo, customer.name);
  await expect.poll(() => standing(mateo)).toEqual([]);
  await office.command("mateo", "POST", "/me/bell", USUAL);
});

test("an hour before the reply window ends, once; and no more once it was answered", async ({ open, office, vendor }) => {
  await office.command("valeria", "POST", "/me/bell", USUAL);
  await office.atWork("valeria");
  const valeria = await open("valeria", "/inbox", ALLOWED);
  await valeria.waitForFunction(() => "told" in document.getElementById("mine").dataset);
  await look(valeria, false);
  const customer = vendor.customer();
  await customer.write("¿Me confirman?", { at: -23 * 3600 + 7 });
  const bodies = async () => (await notes(valeria)).map(({ body }) => body);
  await expect.poll(bodies).toEqual(["Nueva conversación para ti · Citas"]);
  await expect.poll(bodies, { timeout: 30_000 }).toEqual(["Nueva conversación para ti · Citas", expect.stringMatching(/^La ventana de respuesta se cierra en (1 h 0|59|60) min · Citas$/)]);
  await look(valeria, true);
  await openFromList(valeria, customer.name);
  await at(valeria).draft.fill("Sí, confirmado");
  await at(valeria).draft.press("Enter");
  await expect.poll(() => standing(valeria)).toEqual([]);
});

for (const hours of [1, -1]) {
  test(`a clock ${Math.abs(hours)} h ${hours > 0 ? "ahead" : "behind"}: quiet hours and what is about to end are by the server's`, async ({ open, office, vendor }) => {
    const hour = new Intl.DateTimeFormat("en-GB", { timeZone: "America/Lima", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const quietAround = (time) => {
      const peace = { quiet: "on", quiet_from: hour.format(time - 1_200_000), quiet_until: hour.format(time + 1_200_000) };
      for (let day = 1; day <= 7; day++) peace[`day_${day}`] = "on";
      return office.command("valeria", "POST", "/me/bell", { ...USUAL, ...peace });
    };
    // Quiet when her machine believes it is now.
    await quietAround(Date.now() + hours * 3_600_000);
    await office.atWork("valeria");
    const before = async (page) => {
      await clockOff(page, hours);
      await desktop()(page);
    };
    const valeria = await open("valeria", "/inbox", { ...ALLOWED, before });
    const begin = async () => {
      await valeria.waitForFunction(() => "told" in document.getElementById("mine").dataset);
      await look(valeria, false);
    };
    const bodies = async () => (await notes(valeria)).map(({ body }) => body);
    await begin();
    await vendor.customer().write("¿Me confirman?", { at: -23 * 3600 + 7 });
    const given = "Nueva conversación para ti · Citas";
    await expect.poll(bodies).toEqual([given]);
    await expect.poll(bodies, { timeout: 30_000 }).toEqual([given, expect.stringMatching(/^La ventana de respuesta se cierra en (1 h 0|59|60) min · Citas$/)]);

    await quietAround(Date.now());
    await valeria.reload();
    await begin();
    await vendor.customer().write("¿Hay alguien?");
    await expect(valeria).toHaveTitle(/^\(2\) /);
    expect(await bodies()).toEqual([]);
    await office.command("valeria", "POST", "/me/bell", USUAL);
  });
}

test("how one is told: the permission is asked by a button, refusals say what is wrong, and it stays", async ({ open, office }) => {
  const camila = await open("camila", "/me", { before: desktop("default") });
  const form = camila.locator("[data-bell-form]");
  const state = form.locator("[data-bell-state]");
  await expect(state).toContainText("aún no tiene permiso");
  expect(await camila.evaluate(() => Notification.permission)).toBe("default");
  const ready = (page) => page.locator("#bell").evaluate((part) => part.scrollIntoView());
  await inspect(camila, "bell", { ready });
  await camila.setViewportSize({ width: 1440, height: 900 });
  await state.getByRole("button", { name: "Permitir notificaciones" }).click();
  await expect(state).toContainText("muestra notificaciones");
  await expect(form.getByRole("button", { name: "Guardar" })).toBeFocused();
  await form.getByRole("button", { name: /^Probar.*Una conversación nueva para mí$/ }).click();
  await expect.poll(() => camila.evaluate(() => [window.rang, window.notes.length])).toEqual([["chime"], 1]);

  await test.step("hours that are none are refused, and nothing changes", async () => {
    await form.getByLabel("No avisar en estas horas").check();
    await form.getByLabel("Desde").fill("08:00");
    await form.getByLabel("Hasta").fill("08:00");
    await form.getByRole("button", { name: "Guardar" }).click();
    await expect(form.getByRole("alert")).toContainText("empieza y acaba a la misma hora");
    await inspect(camila, "bell-refused", { ready: () => form.getByRole("alert").scrollIntoViewIfNeeded() });
    await camila.setViewportSize({ width: 1440, height: 900 });
  });
  await test.step("what was chosen stays", async () => {
    await form.getByLabel("Hasta").fill("06:30");
    await form.getByLabel("dom").uncheck();
    await form.getByLabel("Un cliente escribe en una conversación mía: Sonido").selectOption("Gota");
    await form.getByLabel("Mostrar en las notificaciones lo que escribió el cliente").check();
    await form.getByRole("button", { name: "Guardar" }).click();
    await expect(at(camila).toast).toHaveText("Avisos guardados");
    await camila.reload();
    await expect(form.getByLabel("Hasta")).toHaveValue("06:30");
    await expect(form.getByLabel("dom")).not.toBeChecked();
    await expect(form.getByLabel("lun")).toBeChecked();
    await expect(form.getByLabel("Un cliente escribe en una conversación mía: Sonido")).toHaveValue("drop");
    await expect(form.getByText("Una alerta en la supervisión")).toHaveCount(0);
  });
  await test.step("a browser that blocks says how to allow it", async () => {
    const denied = await open("camila", "/me", { before: desktop("denied") });
    await expect(denied.locator("[data-bell-state]")).toContainText("elige «Permitir» y recarga la página");
    await expect(denied.locator('[data-act="bell-allow"]')).toBeHidden();
  });
  await office.command("camila", "POST", "/me/bell", USUAL);
});

testRouting("a supervisor in the inbox sees that the floor calls, and is told; seen by one, it is over", async ({ open, office, vendor, routing }) => {
  testRouting.slow();
  await routing.queue("Citas", { target_first: "8", "target_first.unit": "segundos" });
  await routing.publish("Ocho segundos");
  await office.command("gabriela", "POST", "/me/bell", USUAL);
  await office.atWork("valeria");
  const gabriela = await open("gabriela", "/inbox?list=all", ALLOWED);
  const link = gabriela.locator(".rail").getByRole("link", { name: /^Supervisión/ });
  await expectRouting(link).not.toHaveAccessibleName(/alerta/);
  const customer = vendor.customer();
  await customer.write("¿Hay alguien?");
  await gabriela.waitForFunction(() => "told" in document.getElementById("alarms").dataset);
  await look(gabriela, false);
  await expectRouting(link).toHaveAccessibleName(/: 1 alerta$/, { timeout: 40_000 });
  await expectRouting(gabriela.locator(".rail [data-alarm-pip]")).toBeVisible();
  await expectRouting.poll(async () => (await standing(gabriela)).map(({ title }) => title)).toEqual([customer.name]);
  await look(gabriela, true);
  await inspect(gabriela, "alarm-pip");
  await gabriela.setViewportSize({ width: 1440, height: 900 });
  const talk = await gabriela.locator("#alarms > li").getAttribute("id");
  await office.command("gabriela", "POST", `/conversations/${talk.replace("alarm-", "")}/alerts/seen`);
  await expectRouting(link).not.toHaveAccessibleName(/alerta/);
  await expectRouting.poll(() => standing(gabriela)).toEqual([]);
  await gabriela.reload();
  await live(gabriela);
  await gabriela.waitForFunction(() => "told" in document.getElementById("alarms").dataset);
  await expectRouting(gabriela.locator(".rail [data-alarm-pip]")).toBeHidden();
});
