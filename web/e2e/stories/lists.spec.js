import { at, expect, held, live, showsTheTruth, slowly, test } from "../support/house.js";
import { flaws, inspect, SIZES } from "../support/inspect.js";
import { sql } from "../support/operator.js";
import { wireOf } from "../support/wire.js";

const number = (page, list) => page.locator(`#side [data-count="${list}"]`);
const side = (page, name) => page.locator("#side a", { hasText: name });

test("going from list to list keeps what is open, and each list keeps up", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const [valeria, gabriela] = [await open("valeria"), await open("gabriela", "/inbox?list=waiting")];
  const [lucia, pedro] = [vendor.customer(), vendor.customer()];
  await lucia.write("Hola, ¿tienen hora?");
  await expect(at(valeria).row(lucia.name)).toBeVisible();
  await expect(number(valeria, "mine")).toHaveText("1");
  await expect(at(gabriela).row(lucia.name)).toHaveCount(0);

  await test.step("the open conversation stays, the address tells both", async () => {
    await at(valeria).row(lucia.name).locator("a").click();
    await expect(valeria.locator("#thread-title")).toHaveText(lucia.name);
    await side(valeria, "Sin asignar").click();
    await expect(valeria).toHaveURL(/\/inbox\/[0-9a-f-]+\?list=waiting$/);
    await expect(valeria.locator("#thread-title")).toHaveText(lucia.name);
    await expect(valeria.locator(".list-empty")).toContainText("Nadie espera");
    await expect(side(valeria, "Sin asignar")).toHaveAttribute("aria-current", "true");
    await valeria.goBack();
    await expect(at(valeria).row(lucia.name)).toBeVisible();
    await valeria.goForward();
    await expect(valeria.locator(".list-empty")).toBeVisible();
  });

  await test.step("what waits appears before both, and leaves both when one takes it", async () => {
    await office.presence("valeria", "offline");
    await pedro.write("¿Hay alguien?");
    await expect(at(gabriela).row(pedro.name)).toBeVisible();
    await expect(at(valeria).row(pedro.name)).toBeVisible();
    await expect(number(gabriela, "waiting")).toHaveText("1");
    await at(valeria).row(pedro.name).locator("a").click();
    expect(await flaws(valeria), "what nobody holds").toEqual([]);
    await valeria.locator('.dock-unassigned [data-act="claim"]').click();
    await expect(at(gabriela).row(pedro.name)).toHaveCount(0);
    await expect(number(gabriela, "waiting")).toHaveText("0");
    await expect(number(valeria, "mine")).toHaveText("2");
  });

  await test.step("everybody sees the same truth", async () => {
    await side(valeria, "Mías").click();
    await expect(at(valeria).row(pedro.name)).toBeVisible();
    await showsTheTruth(valeria, open, "valeria");
  });
});

test("what is told of the list before takes nothing from the next one", async ({ open, office, vendor }) => {
  let wire;
  const valeria = await open("valeria", "/inbox?list=waiting", { before: async (page) => void (wire = await wireOf(page)) });
  await office.presence("valeria", "offline");
  const pedro = vendor.customer();
  await pedro.write("¿Hay alguien?");
  await at(valeria).row(pedro.name).locator("a").click();
  await valeria.locator('.dock-unassigned [data-act="claim"]').click();
  await expect(at(valeria).row(pedro.name)).toHaveCount(0);
  await expect(number(valeria, "mine")).toHaveText("1");

  // It may be told twice, and again when she has gone already: in the moment the server has not heard of it yet.
  const isGone = wire.frames.find((frame) => /"to":"row-[^"]+","how":"delete"/.test(frame));
  let told = Infinity;
  wire.rewrite = (text) => {
    if (text.includes('"view"') && text.includes("list=mine")) {
      told = wire.frames.length;
      wire.say(isGone);
    }
    return text;
  };
  await side(valeria, "Mías").click();
  await expect.poll(() => wire.frames.slice(told).some((frame) => frame.includes('"ready"'))).toBe(true);
  await showsTheTruth(valeria, open, "valeria");
  await expect(at(valeria).row(pedro.name)).toBeVisible();
  await pedro.write("Sigo aquí");
  await expect(at(valeria).row(pedro.name)).toContainText("Sigo aquí");
});

test("under a pointer that moves nothing does: who comes stands last until it rests", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const customers = Array.from({ length: 3 }, () => vendor.customer());
  const late = vendor.customer();
  for (const [n, one] of customers.entries()) {
    await one.write("Hola");
    await expect(valeria.locator("#list > li")).toHaveCount(n + 1);
  }
  const names = valeria.locator("#list > li .who");
  const before = await names.allTextContents();
  const under = await valeria.locator("#list > li").nth(1).boundingBox();
  await valeria.mouse.move(under.x + 60, under.y + 20);
  await valeria.mouse.move(under.x + 80, under.y + 22);
  await late.write("Recién llego");
  await expect(names).toHaveText([...before, late.name]);
  expect(await valeria.locator("#list > li").nth(1).boundingBox()).toEqual(under);
  await expect(valeria.locator('[data-act="sort"]')).toBeVisible();
  await valeria.mouse.move(1200, 700);
  await expect(names).toHaveText([late.name, ...before]);
  await expect(valeria.locator('[data-act="sort"]')).toBeHidden();

  await test.step("that somebody waits moves nothing either", async () => {
    const list = await valeria.locator("#list > li").first().boundingBox();
    await office.presence("valeria", "offline");
    await vendor.customer().write("¿Hay alguien?");
    await expect(valeria.locator("#next")).toContainText("1 espera");
    expect(await valeria.locator("#list > li").first().boundingBox()).toEqual(list);
  });
});

test("filters, words and views that are kept", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const [lucia, pedro] = [vendor.customer({ name: "Lucía Peña" }), vendor.customer({ name: "Pedro <b>Ruiz</b>" })];
  await lucia.write("Hola");
  await pedro.write("Buenas");
  for (const one of [lucia, pedro]) await expect(at(valeria).row(one.name)).toBeVisible();

  await test.step("F looks for words, whatever their accents, and keeps what is typed", async () => {
    await valeria.keyboard.press("f");
    await valeria.keyboard.type("lucia pena", { delay: 40 });
    await expect(at(valeria).row(pedro.name)).toHaveCount(0);
    await expect(at(valeria).row(lucia.name)).toBeVisible();
    await expect(valeria.locator("#list-find")).toBeFocused();
    await expect(valeria.locator("#list-find")).toHaveValue("lucia pena");
    await valeria.locator("#list-find").fill("nadie así");
    await expect(valeria.locator(".list-empty")).toContainText("Nada con estos filtros");
    await valeria.getByRole("link", { name: "Quitar filtros" }).click();
    await expect(at(valeria).row(pedro.name)).toBeVisible();
  });

  await test.step("what was read leaves the unread once another is opened", async () => {
    await valeria.getByRole("link", { name: "No leídas" }).click();
    await at(valeria).row(lucia.name).locator("a").click();
    await expect(valeria.locator("#thread-title")).toHaveText(lucia.name);
    await expect(at(valeria).row(lucia.name).locator(".badge")).toBeHidden();
    await expect(at(valeria).row(lucia.name)).toBeVisible();
    await at(valeria).row(pedro.name).locator("a").click();
    await expect(at(valeria).row(lucia.name)).toBeHidden();
    await lucia.write("¿Sigue ahí?");
    await expect(at(valeria).row(lucia.name)).toBeVisible();
  });

  await test.step("a view is kept under a name, stands on the side, and can be taken away", async () => {
    await valeria.locator('[data-act="filters"]').first().click();
    const form = valeria.locator("form.filters");
    await form.getByLabel("Clientes VIP").check();
    await inspect(valeria, "filters");
    await valeria.setViewportSize(SIZES.wide);
    await form.locator('[data-act="view-save"]').click();
    await expect(valeria.locator("#view-wrong")).toHaveText("Ponle un nombre a la vista.");
    await valeria.locator("#view-name").fill("VIP <i>sin leer</i>");
    await form.locator('[data-act="view-save"]').click();
    await expect(side(valeria, "VIP <i>sin leer</i>")).toHaveAttribute("aria-current", "true");
    await expect(valeria.locator(".view-switch")).toHaveText("VIP <i>sin leer</i>");
    await valeria.reload();
    await expect(valeria.locator(".view-switch")).toHaveText("VIP <i>sin leer</i>");
    await valeria.locator('[data-act="filters"]').first().click();
    await valeria.locator('[data-act="view-remove"]').click();
    await expect(side(valeria, "VIP")).toHaveCount(0);
  });
});

test("filters of queue, channel, tag and risk; a shared view keeps its order before a colleague", async ({ open, office, vendor, house }) => {
  const gabriela = await open("gabriela", "/inbox?list=waiting");
  const [late, urgent, sms] = [vendor.customer(), vendor.customer(), vendor.customer()];
  await late.write("Espero hace rato", { at: -3600 });
  await urgent.write("Tengo una emergencia");
  await sms.write("Por SMS", { channel: "Sonrisas SMS" });
  const lines = (page) => page.locator("#list > li .l2");
  const all = [/Por SMS/, /Tengo una emergencia/, /Espero hace rato/];
  await expect(lines(gabriela)).toHaveText(all);
  const form = gabriela.locator("form.filters");
  const openFilters = () => gabriela.locator('[data-act="filters"]').first().click();
  for (const [name, line] of [["Urgencias", all[1]], ["Sonrisas SMS", all[0]], ["emergencia", all[1]]]) {
    await test.step(`only ${name}, and all again`, async () => {
      await openFilters();
      await form.getByLabel(name, { exact: true }).check();
      await form.getByRole("button", { name: "Aplicar" }).click();
      await expect(lines(gabriela)).toHaveText([line]);
      await gabriela.reload();
      await expect(lines(gabriela)).toHaveText([line]);
      await side(gabriela, "Sin asignar").click();
      await expect(lines(gabriela)).toHaveText(all);
    });
  }
  await test.step("what is late or soon will be", async () => {
    const talk = (await at(gabriela).row(late.name).getAttribute("id")).slice("row-".length);
    await sql(house, `update conversation set first_due_at = now() - interval '1 minute', due_at = now() - interval '1 minute' where id = '${talk}'`);
    await gabriela.locator(".chips").getByRole("link", { name: "En riesgo" }).click();
    await expect(lines(gabriela)).toHaveText([all[2]]);
    await gabriela.locator(".chips").getByRole("link", { name: "En riesgo" }).click();
    await expect(lines(gabriela)).toHaveText(all);
  });
  const byWindow = [all[2], all[1], all[0]];
  const sort = async (page, name) => {
    await page.locator(".sort-menu > summary").click();
    await page.getByRole("button", { name }).click();
    await expect(page.locator("#say")).toHaveText(`Ordenado: ${name}`);
  };
  await test.step("by its window, shared under a name", async () => {
    await sort(gabriela, "Ventana, lo que cierra primero");
    await expect(lines(gabriela)).toHaveText(byWindow);
    await openFilters();
    await gabriela.locator("#view-name").fill("Por ventana");
    await form.getByLabel("Para todo el equipo").check();
    await form.locator('[data-act="view-save"]').click();
    await expect(gabriela.locator(".view-switch")).toHaveText("Por ventana");
  });
  await test.step("a colleague sees it in its order, whatever theirs is", async () => {
    const camila = await open("camila", "/inbox?list=waiting");
    await expect(lines(camila)).toHaveText([all[1], all[2]]);
    await side(camila, "Por ventana").click();
    await expect(lines(camila)).toHaveText([all[2], all[1]]);
    await expect(camila.locator(".view-switch")).toHaveText("Por ventana");
    await sort(camila, "Actividad más reciente");
    await expect(lines(camila)).toHaveText([all[1], all[2]]);
    await side(camila, "Por ventana").click();
    await expect(lines(camila)).toHaveText([all[2], all[1]]);
  });
  await test.step("and so does its maker, who likes another one by now", async () => {
    await side(gabriela, "Sin asignar").click();
    await sort(gabriela, "Actividad más reciente");
    await expect(lines(gabriela)).toHaveText(all);
    await side(gabriela, "Por ventana").click();
    await expect(lines(gabriela)).toHaveText(byWindow);
    await openFilters();
    await gabriela.locator('[data-act="view-remove"]').click();
    await expect(side(gabriela, "Por ventana")).toHaveCount(0);
  });
});

test("rows come as one goes on, and stay in place while others write", async ({ open, office, vendor }) => {
  test.slow();
  const gabriela = await open("gabriela", "/inbox?list=waiting");
  const customers = Array.from({ length: 90 }, () => vendor.customer());
  await Promise.all(customers.map((one) => one.write("Hola")));
  await expect(number(gabriela, "waiting")).toHaveText("90");
  await gabriela.reload();
  const rows = gabriela.locator("#list > li");
  await expect(rows).toHaveCount(50);
  await gabriela.locator("#list").evaluate((element) => (element.scrollTop = element.scrollHeight));
  await expect(rows).toHaveCount(90);
  const middle = rows.nth(30);
  await middle.scrollIntoViewIfNeeded();
  const id = await middle.getAttribute("id");
  await middle.hover();
  const before = await middle.boundingBox();
  await customers[3].write("¿Hola?");
  await expect(at(gabriela).row(customers[3].name)).toContainText("¿Hola?");
  const after = await gabriela.locator(`#${id}`).boundingBox();
  expect(Math.abs(after.y - before.y)).toBeLessThan(2);

  await test.step("who writes while the last page is on its way stands at its end", async () => {
    const other = await open("gabriela", "/inbox?list=waiting&sort=longest");
    const { answered, go } = await held(other, "**/inbox/list?*after=*");
    await other.locator("#list").evaluate((element) => (element.scrollTop = element.scrollHeight));
    await answered;
    const last = vendor.customer();
    await last.write("Llego la última");
    await expect(number(other, "waiting")).toHaveText("91");
    go();
    await expect(other.locator("#list > li")).toHaveCount(91);
    await expect(other.locator("#list > li").last()).toContainText(last.name);
  });
});

/** Somebody scrolls through a list and looks at all there is: which rows they saw, in order, and how many the page had at most. */
const walk = (list, step) =>
  list.evaluate(async (list, step) => {
    const [seen, view] = [new Set(), list.getBoundingClientRect()];
    let most = 0;
    for (let still = 0; still < 30; ) {
      const shown = [...list.children].filter((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        return bottom > view.top && top < view.bottom;
      });
      for (const row of step > 0 ? shown : shown.toReversed()) seen.add(row.id);
      most = Math.max(most, list.childElementCount);
      const { scrollTop } = list;
      // Where rows are missing they are waited for.
      if (shown.length * 90 > view.height) list.scrollTop += step;
      await new Promise((done) => setTimeout(done, 30));
      still = list.scrollTop === scrollTop ? still + 1 : 0;
    }
    return { seen: [...seen], most };
  }, step);

test("a list of hundreds is on the page in part, and nothing of it is missed", async ({ open, office, vendor }) => {
  test.slow();
  await office.presence("valeria", "offline");
  const customers = Array.from({ length: 350 }, () => vendor.customer());
  for (let n = 0; n < customers.length; n += 30) await Promise.all(customers.slice(n, n + 30).map((one) => one.write("Hola")));
  const gabriela = await open("gabriela", "/inbox?list=waiting");
  await expect(number(gabriela, "waiting")).toHaveText(/^3[5-9]\d$/);
  const all = Number(await number(gabriela, "waiting").textContent());
  const list = gabriela.locator("#list");
  const row = (customer) => at(gabriela).row(customer.name);
  const rows = list.locator(":scope > li");

  // What is open stays on the page, too, and nothing runs away from under the eyes for it.
  await rows.nth(5).locator("a").click();
  await expect(gabriela.locator("#thread-title")).toHaveText(await rows.nth(5).locator(".who").textContent());
  const { seen, most } = await walk(list, 600);
  expect([new Set(seen).size, seen.length]).toEqual([all, all]);
  expect(most).toBeLessThan(330);

  await test.step("on the way back all stand where they stood", async () => {
    const up = await walk(list, -600);
    expect(up.seen.toReversed()).toEqual(seen);
    expect(up.most).toBeLessThan(330);
    await expect(rows.first()).toHaveId(seen[0]);
  });

  await test.step("far down, what others write moves nothing and is found above", async () => {
    await walk(list, 600);
    await expect(rows.last()).toHaveId(seen.at(-1));
    await list.evaluate((list) => (list.scrollTop -= 2000));
    const middle = gabriela.locator(`#${await list.evaluate((list) => [...list.children].find((row) => row.getBoundingClientRect().top > list.getBoundingClientRect().top + 100).id)}`);
    await middle.hover();
    const before = await middle.boundingBox();
    // Not the one that is open: who stands beside it stays on the page with it.
    const title = await gabriela.locator("#thread-title").textContent();
    const other = customers.findLast((one) => one.name !== title);
    await other.write("¿Y yo?");
    const late = vendor.customer();
    await late.write("Recién llego");
    await expect(number(gabriela, "waiting")).toHaveText(String(all + 1));
    const name = await middle.locator(".who").textContent();
    await customers.find((one) => one.name === name).write("¿Me oyen?");
    await expect(middle).toContainText("¿Me oyen?");
    expect(Math.abs((await middle.boundingBox()).y - before.y)).toBeLessThan(2);
    await expect(row(late)).toHaveCount(0);
    // Nobody is in the list any more: it takes its place, which is far above.
    await gabriela.mouse.move(900, 500);
    await expect(middle).toHaveCount(0);
    await list.evaluate((list) => (list.scrollTop = 0));
    for (const [n, one] of [name, late.name, other.name].entries()) await expect(rows.nth(n)).toContainText(one);
    await expect(rows.first()).toBeInViewport();
    await expect.poll(() => rows.count()).toBeLessThan(200);
  });

  await test.step("far down, keys mean what is before the eyes, and not what is kept out of sight", async () => {
    await walk(list, 600);
    const top = () => list.evaluate((list) => list.scrollTop);
    const stood = await top();
    await gabriela.locator("#thread-title").click();
    await gabriela.keyboard.press("x");
    await expect(gabriela.locator("#list-pane")).toHaveAttribute("data-choosing", "");
    await expect(gabriela.locator("#list [data-chosen]")).toHaveCount(0);
    await gabriela.keyboard.press("Escape");
    await expect(gabriela.locator("#list-pane")).not.toHaveAttribute("data-choosing", "");
    await gabriela.locator("#thread-title").click();
    await gabriela.keyboard.press("u");
    await expect(list.locator("a:focus")).toBeInViewport();
    expect(Math.abs((await top()) - stood)).toBeLessThan(100);
    await gabriela.locator("#thread-title").click();
    await list.evaluate((list) => (list.scrollTop = 0));
    await expect(rows.first()).toBeInViewport();
    await expect.poll(() => rows.count()).toBeLessThan(200);
  });

  await test.step("what is chosen stays on the page, wherever one goes", async () => {
    await gabriela.locator('#list-pane [data-act="choose"]').click();
    await expect(gabriela.locator("#bulk")).toBeVisible();
    await rows.first().click();
    await walk(list, 600);
    await expect(rows).toHaveCount(all + 1);
    await expect(rows.first()).toHaveAttribute("data-chosen", "");
    await gabriela.keyboard.press("Escape");
    await expect.poll(() => rows.count()).toBeLessThan(330);
    await expect(rows.last()).toHaveId(seen.at(-1));
    await gabriela.locator('#list-pane [data-act="choose"]').click();
    await expect(gabriela.locator("#bulk")).toBeVisible();
    await rows.last().click();
    await list.evaluate((list) => (list.scrollTop = 0));
    await expect(rows).toHaveCount(all + 1);
    await expect(rows.last()).toHaveAttribute("data-chosen", "");
    await expect(rows.last()).toHaveId(seen.at(-1));
  });

  await test.step("where a list gets shorter than its column, it goes on by itself", async () => {
    await gabriela.keyboard.press("Escape");
    await list.evaluate((list) => (list.scrollTop = 0));
    await expect.poll(() => rows.count()).toBeLessThan(200);
    await list.evaluate((list) => [...list.children].slice(5).forEach((row) => row.remove()));
    await expect.poll(() => rows.count()).toBeGreaterThan(20);
  });
});

test("what is unread further down than the page is loaded is gone to; what fails is asked for again after a while", async ({ open, office, vendor, house }) => {
  await office.presence("valeria", "offline");
  const gabriela = await open("gabriela", "/inbox?list=waiting&sort=longest");
  const customers = Array.from({ length: 69 }, () => vendor.customer());
  await Promise.all(customers.map((one) => one.write("Hola")));
  await expect(number(gabriela, "waiting")).toHaveText("69");
  const last = vendor.customer();
  await last.write("Soy la última");
  await expect(number(gabriela, "waiting")).toHaveText("70");
  await sql(
    house,
    `insert into read_mark (conversation_id, person_id, inbound_count, at)
     select v.id, p.id, v.inbound_count, now() from conversation v join contact c on c.id = v.contact_id, person p
     where v.state <> 'closed' and p.email like 'gabriela%' and c.name <> '${last.name}'
     on conflict (person_id, conversation_id) do update set inbound_count = excluded.inbound_count`,
  );
  await gabriela.reload();
  await live(gabriela);
  const rows = gabriela.locator("#list > li");
  await expect(rows).toHaveCount(50);
  await expect(at(gabriela).row(last.name)).toHaveCount(0);

  await test.step("the next unread is behind what is loaded", async () => {
    await gabriela.keyboard.press("Shift+J");
    await expect(gabriela.locator("#thread-title")).toHaveText(last.name);
    await expect(gabriela.locator("#say")).toHaveText(`${last.name}. 1 sin leer`);
  });

  await test.step("a page that does not come stops nothing, and comes later by itself", async () => {
    const refused = [];
    await gabriela.route("**/inbox/list?*after=*", (route) => {
      refused.push(Date.now());
      return refused.length < 3 ? route.abort() : route.fallback();
    });
    await gabriela.locator("#list").evaluate((list) => (list.scrollTop = list.scrollHeight));
    await expect(rows).toHaveCount(70);
    await expect(at(gabriela).row(last.name)).toContainText("Soy la última");
    // In peace, not as often as it can.
    expect(refused[1] - refused[0]).toBeGreaterThan(2500);
  });
});

test("words in what is over are looked for further and further back, by itself", async ({ open, house }) => {
  // More than is looked through at once, and the one that is meant behind them all.
  await sql(
    house,
    `with long as (insert into contact (id, name) values (gen_random_uuid(), 'Relleno de antes') returning id),
       one as (insert into contact (id, name) values (gen_random_uuid(), 'Anacleta Zumárraga') returning id)
     insert into conversation (id, contact_id, channel_id, queue_id, state, reply_address, must_act_since, opened_at, queued_at, closed_at, last_activity_at, last_position)
     select gen_random_uuid(), case when t.n = 20500 then one.id else long.id end, (select id from channel order by id limit 1),
       (select id from queue where name = 'Citas'), 'closed', '+51', t.at, t.at, t.at, t.at, t.at, t.n
     from long, one, (select n, now() - interval '30 days' - make_interval(secs => n) as at from generate_series(1, 20500) n) t`,
  );
  try {
    const gabriela = await open("gabriela", "/inbox?list=closed");
    const slow = await slowly(gabriela, /\/inbox\/list\?.*after=/);
    await gabriela.locator("#list-find").fill("zumarraga");
    await slow.asked();
    await expect(gabriela.locator(".list-looking")).toHaveText("Aún se busca más atrás…");
    await expect(gabriela.locator(".list-looking")).toBeVisible();
    await expect(gabriela.locator(".list-empty")).toBeHidden();
    expect(await flaws(gabriela, { scope: "#list-pane" })).toEqual([]);
    await slow.go();
    await expect(at(gabriela).row("Anacleta Zumárraga")).toBeVisible();
    await expect(gabriela.locator(".list-looking")).toBeHidden();
    await gabriela.locator("#list-find").fill("nadie se llama así");
    await expect(gabriela.locator(".list-empty")).toContainText("Nada con estos filtros");
  } finally {
    const both = "(select id from contact where name in ('Relleno de antes', 'Anacleta Zumárraga'))";
    await sql(house, `delete from conversation where contact_id in ${both}`);
    await sql(house, `delete from contact where id in ${both}`);
  }
});
