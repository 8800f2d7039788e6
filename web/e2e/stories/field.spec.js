import { at, expect, live, openFromList, test } from "../support/house.js";
import { flaws } from "../support/inspect.js";
import { sql } from "../support/operator.js";
import { wireOf } from "../support/wire.js";

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
  let wire;
  const valeria = await open("valeria", "/inbox", { before: async (page) => (wire = await wireOf(page)) });
  const lucia = vendor.customer();
  await lucia.write("Hola");
  await openFromList(valeria, lucia.name);
  await valeria.context().setOffline(true);
  await wire.unplug();
  await expect(at(valeria).strip).toContainText("Sin conexión");
  expect(await flaws(valeria), "without a connection").toEqual([]);
  await at(valeria).draft.fill("Escrito sin conexión");
  await at(valeria).draft.press("Enter");
  await expect(at(valeria).bubble("Escrito sin conexión")).toHaveClass(/pending/);
  await valeria.getByRole("tab", { name: "Nota interna" }).click();
  await at(valeria).draft.fill("Nota sin conexión");
  await at(valeria).draft.press("Enter");
  await expect(valeria.locator(".msg.note.pending")).toHaveCount(1);
  await valeria.context().setOffline(false);
  await wire.plugIn();
  await expect(at(valeria).bubble("Escrito sin conexión")).not.toHaveClass(/pending/);
  await expect(valeria.locator(".msg.note:not(.pending)")).toHaveCount(1);
  await expect(at(valeria).strip).toBeHidden();
  await expect(at(valeria).bubble("Escrito sin conexión")).toHaveCount(1);
  await expect.poll(() => lucia.received()).toEqual(["Escrito sin conexión"]);
});

test("scripts in names, file names and captions are words, wherever they are shown", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const name = '<img src=x onerror="alert(1)">Zoila';
  const file = '<script>alert(2)</script>.pdf';
  const spoken = [];
  const before = async (page) => {
    page.on("dialog", (dialog) => (spoken.push(dialog.message()), dialog.dismiss()));
    await page.addInitScript(() => {
      window.notes = [];
      window.Notification = class extends EventTarget {
        static permission = "granted";
        constructor(title) {
          super();
          window.notes.push(title);
        }
        close() {}
      };
    });
  };
  const clean = async (page) => {
    expect(await page.locator('img[src="x"], body script:not([src]):not([type]), [onerror]').count(), "nothing of it is markup").toBe(0);
    expect(spoken).toEqual([]);
  };
  await office.command("valeria", "POST", "/me/bell", { offer_desktop: "on", offer_tone: "chime", message_desktop: "on", message_tone: "", mention_desktop: "on", mention_tone: "drop", due_desktop: "on", due_tone: "knock", alarm_desktop: "on", alarm_tone: "knock", volume: "60" });
  const valeria = await open("valeria", "/inbox", { before });
  await valeria.waitForFunction(() => "told" in document.getElementById("mine").dataset);
  await valeria.evaluate(() => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => window.away ?? true });
    document.hasFocus = () => !(window.away ?? true);
    document.dispatchEvent(new Event("visibilitychange"));
  });
  const zoila = vendor.customer({ name });
  await zoila.write("Hola");
  await test.step("a notification, the list and the floor", async () => {
    await expect.poll(() => valeria.evaluate(() => window.notes)).toEqual([name]);
    await valeria.evaluate(() => {
      window.away = false;
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await expect(at(valeria).row(name)).toBeVisible();
    const floor = await open("gabriela", "/floor", { before });
    await expect(floor.locator("#floor-conversations > tr").filter({ hasText: name })).toBeVisible();
    await clean(floor);
  });
  await test.step("the thread, the panel and the tab", async () => {
    await openFromList(valeria, name);
    const id = "900000000000000001";
    await zoila.write({ type: "document", document: { id, filename: file, mime_type: "application/pdf", sha256: "x", caption: '<svg onload="alert(3)">leyenda' } });
    await zoila.write({ type: "image", image: { id: "900000000000000002", mime_type: "image/jpeg", sha256: "x", caption: "<b>pie</b> de foto" } });
    for (const words of [file, '<svg onload="alert(3)">leyenda', "<b>pie</b> de foto"]) await expect(at(valeria).bubble(words)).toHaveCount(1);
    await expect(valeria.locator("#details-pane")).toContainText(name);
    await expect(valeria).toHaveTitle(new RegExp(name.replace(/[^a-zA-Z]/g, ".")));
    await clean(valeria);
  });
  await test.step("what is attached, quoted and announced", async () => {
    await valeria.locator("#attach-file").setInputFiles({ name: file, mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n%%EOF\n") });
    await expect(valeria.locator("#tray li")).toContainText(file);
    await valeria.locator("#tray button").click();
    await at(valeria).bubble("<b>pie</b> de foto").hover();
    await at(valeria).bubble("<b>pie</b> de foto").getByRole("button", { name: "Responder o reaccionar" }).click();
    await expect(valeria.locator("#quote")).toContainText(name);
    await clean(valeria);
  });
  await test.step("the palette and the search", async () => {
    await at(valeria).draft.press("Escape");
    await valeria.locator("#thread-title").focus();
    await valeria.keyboard.press("Control+k");
    await expect(async () => {
      await valeria.locator("#pal-q").fill("Zoila");
      await expect(valeria.locator("#pal-found").getByRole("option", { name })).toBeVisible({ timeout: 2000 });
    }).toPass();
    await clean(valeria);
    await valeria.keyboard.press("Escape");
    const search = await open("valeria", "/search?q=Zoila", { before });
    await expect(search.locator("[data-hit]").filter({ hasText: name }).first()).toBeVisible();
    await clean(search);
  });
  await test.step("a dialog, and the toast of a draft that is given back", async () => {
    await at(valeria).draft.fill("Le cuento");
    await office.atWork("mateo");
    const mateo = await open("mateo", "/inbox", { before });
    const { person } = await mateo.evaluate(() => ({ person: document.body.dataset.me }));
    await office.command("gabriela", "POST", `/conversations/${valeria.url().split("/").pop()}/assignee`, { person });
    await expect(valeria.locator("#offers > li").filter({ has: valeria.locator("textarea") })).toContainText(name);
    await clean(valeria);
    await openFromList(mateo, name);
    await mateo.locator('.thread-head > [data-act="transfer"]').click();
    await expect(mateo.locator("#transfer")).toBeVisible();
    await clean(mateo);
  });
});

test("the permission to answer is taken away in the middle of a sentence: it is said kindly, and the words stay", async ({ open, office, vendor, house }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const lucia = vendor.customer();
  await lucia.write("Hola");
  await openFromList(valeria, lucia.name);
  const path = `/conversations/${valeria.url().split("/").pop()}/messages`;
  await valeria.keyboard.type("Le confirmo para el mar");
  const before = await sql(
    house,
    `with old as (select id, name from role where id = (select role_id from person where email = 'valeria@demo.test')),
       made as (insert into role (id, name) values (gen_random_uuid(), 'Solo mira') returning id),
       kept as (insert into role_permission (role_id, permission, scope)
         select made.id, permission, scope from role_permission, old, made where role_id = old.id and permission <> 'conversation.reply'),
       moved as (update person set role_id = (select id from made) where email = 'valeria@demo.test')
     select id from old`,
  );
  try {
    // A page is believed for a few seconds; then every way to answer is shut.
    const asked = () => office.command("valeria", "POST", path, { client_id: crypto.randomUUID(), body: "" }).catch((error) => error.message);
    await expect.poll(asked).toContain(": 403 ");
    await valeria.keyboard.type("tes");
    await valeria.keyboard.press("Enter");
    const mine = at(valeria).bubble("Le confirmo para el martes");
    await expect(mine).toHaveClass(/failed/);
    await expect(mine.locator(".msg-err")).toContainText("cambió tu permiso. Lo que escribiste sigue aquí.");
    expect(await flaws(valeria, { scope: "#thread-pane" })).toEqual([]);
    expect(await lucia.received()).toEqual([]);
    await valeria.reload();
    await live(valeria);
    await expect(at(valeria).thread).toContainText("Hola");
    await expect(at(valeria).bubble("Le confirmo para el martes").or(valeria.locator("#offers textarea"))).toHaveCount(1);
    await sql(house, `update person set role_id = '${before}' where email = 'valeria@demo.test'`);
    await expect.poll(asked).not.toContain(": 403 ");
    await mine.getByRole("button", { name: "Reintentar" }).click();
    await expect.poll(() => lucia.received()).toEqual(["Le confirmo para el martes"]);
  } finally {
    await sql(house, `update person set role_id = '${before}' where email = 'valeria@demo.test'; delete from role_permission where role_id = (select id from role where name = 'Solo mira'); delete from role where name = 'Solo mira'`);
  }
});

test("two clicks are one: taking, resolving, handing on", async ({ open, office, vendor }) => {
  const valeria = await open("valeria", "/inbox?list=waiting");
  const [lucia, jorge] = [vendor.customer(), vendor.customer()];
  for (const one of [lucia, jorge]) await one.write("Hola");
  await test.step("taken once", async () => {
    for (const one of [lucia, jorge]) {
      await at(valeria).row(one.name).getByRole("link").click();
      await valeria.locator('.dock-unassigned [data-act="claim"]').dblclick();
      await expect(at(valeria).dock).toHaveAttribute("data-mode", "open");
      await expect(at(valeria).toast).toHaveText("Ahora la atiendes tú");
      await expect(at(valeria).row(one.name)).toHaveCount(0);
      await expect(valeria.locator('.thread-head [data-act="close"]'), "what she may do now is there").toBeVisible();
    }
  });
  await test.step("a dialog stays open, whatever the second click hits", async () => {
    await valeria.locator('.thread-head > [data-act="transfer"]').dblclick();
    await expect(valeria.locator("#transfer")).toBeVisible();
    await valeria.keyboard.press("Escape");
    await expect(valeria.locator("#transfer")).toHaveCount(0);
  });
  await test.step("the second of two clicks does not resolve the next conversation", async () => {
    await valeria.goto("/inbox?list=mine");
    await live(valeria);
    await openFromList(valeria, jorge.name);
    const box = await valeria.locator('.thread-head [data-act="close"]').boundingBox();
    await valeria.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await valeria.mouse.down();
    await valeria.mouse.up();
    await expect(valeria.locator("#thread-title")).toHaveText(lucia.name);
    await valeria.mouse.down({ clickCount: 2 });
    await valeria.mouse.up({ clickCount: 2 });
    await expect(at(valeria).row(jorge.name)).toHaveCount(0);
    await expect(at(valeria).row(lucia.name)).toBeVisible();
    await expect(at(valeria).dock).toHaveAttribute("data-mode", "open");
  });
});
