// What an open conversation shows and opens: pictures, sounds, quotes, choices, events, the past, and the panel beside it.
import { at, expect, test } from "../support/house.js";
import { flaws } from "../support/inspect.js";

const healthy = async (page) => expect(await flaws(page, { without: "#toasts" })).toEqual([]);
// Vendors count whole seconds: in the same one, what was written stands before what happened.
async function nextSecond() {
  const second = Math.floor(Date.now() / 1000);
  await expect.poll(() => Math.floor(Date.now() / 1000)).toBeGreaterThan(second);
}

test("a thread is looked through with pointer and keyboard", async ({ open, office, vendor, house }) => {
  await office.atWork("diego");
  const diego = await open("diego");
  const phone = await open(null, house.simulator);
  await expect(phone.locator("html")).toHaveAttribute("data-ready", /.*/);
  await phone.locator('[data-customer="new"]').click();
  const picked = phone.locator('#customers [data-customer][aria-pressed="true"]');
  const name = await picked.locator(".medium").innerText();
  const number = await picked.getAttribute("data-customer");
  const write = (message) => vendor.call("inbound", { from: number, name, message });
  const attach = async (kind) => {
    await phone.locator("#attach").click();
    await phone.locator(`[data-attach="${kind}"]`).click();
  };
  await vendor.call("inbound", { channel: "Sonrisas SMS", from: number, name, message: "Ayer les escribí por SMS" });
  await expect(diego.locator("#list > li")).toHaveCount(1);
  await write("¿Aceptan tarjeta?");
  await expect(diego.locator("#list > li")).toHaveCount(2);
  await diego.locator("#list > li").filter({ hasText: "¿Aceptan tarjeta?" }).getByRole("link").click();
  await expect(at(diego).bubble("¿Aceptan tarjeta?")).toHaveCount(1);
  const { thread } = at(diego);

  await test.step("pictures: the next, the one before, larger, and back to where one was", async () => {
    await attach("photo");
    await expect(thread.locator('a[data-act="view"]')).toHaveCount(1);
    await attach("photo");
    await expect(thread.locator('a[data-act="view"]')).toHaveCount(2);
    await thread.locator('a[data-act="view"]').first().click();
    const viewer = diego.locator("#viewer");
    await expect(viewer).toBeVisible();
    await expect(viewer.locator("[data-place]")).toHaveText("1 de 2");
    await expect(viewer.getByRole("button", { name: "Anterior" })).toBeHidden();
    await diego.keyboard.press("ArrowRight");
    await expect(viewer.locator("[data-place]")).toHaveText("2 de 2");
    await diego.keyboard.press("z");
    await expect(viewer.getByRole("button", { name: "Ampliar" })).toHaveAttribute("aria-pressed", "true");
    await healthy(diego);
    await diego.keyboard.press("z");
    await viewer.getByRole("button", { name: "Anterior" }).click();
    await expect(viewer.locator("[data-place]")).toHaveText("1 de 2");
    await diego.keyboard.press("Escape");
    await expect(viewer).toBeHidden();
    await expect(thread.locator('a[data-act="view"]').first()).toBeFocused();
  });

  await test.step("sounds: as fast as one likes, also after a reload, and by keyboard", async () => {
    await attach("voice");
    const speed = thread.locator(".speed");
    await expect(speed).toHaveText("1×");
    await speed.click();
    await expect(speed).toHaveText("1.5×");
    await thread.getByRole("button", { name: /^Reproducir nota de voz/ }).click();
    await expect(thread.locator("[data-sound] use").first()).toHaveAttribute("href", "#i-pause");
    await thread.locator(".seek").focus();
    await diego.keyboard.press("End");
    await expect(thread.locator("[data-sound] use").first()).toHaveAttribute("href", "#i-play");
    await diego.reload();
    await expect(thread.locator(".speed")).toHaveText("1.5×");
  });

  await test.step("an answer leads to what it answers", async () => {
    for (let line = 0; line < 25; line += 1) await write(`Línea ${line} de 25`);
    await at(diego).draft.fill("¿En qué la ayudo?");
    await at(diego).draft.press("Enter");
    const theirs = phone.locator(".wa-row:not(.mine)").filter({ hasText: "¿En qué la ayudo?" });
    await theirs.hover();
    await theirs.getByRole("button").nth(1).click();
    await phone.locator("#message").fill("Con mi cita");
    await phone.keyboard.press("Enter");
    for (let line = 0; line < 25; line += 1) await write(`Otra ${line} de 25`);
    const quote = at(diego).bubble("Con mi cita").locator("a.quote");
    await quote.click();
    await expect(at(diego).bubble("¿En qué la ayudo?").first()).toHaveClass(/lit/);
  });

  await test.step("the panel: copied, edited in place, noted, and the files", async () => {
    const panel = diego.locator("#details-pane");
    await panel.getByRole("button", { name: "Anotar" }).click();
    const dialog = diego.locator("#consent");
    await healthy(diego);
    await dialog.getByLabel("No quiere").check();
    await dialog.getByLabel("¿Cómo lo dijo?").fill("Por teléfono");
    await dialog.getByRole("button", { name: "Anotar" }).click();
    await expect(panel).toContainText("«Por teléfono»");
    await panel.getByText("Archivos").click();
    await expect(panel.locator(".file-tile")).toHaveCount(2);
    await healthy(diego);
  });

  await test.step("what is filled into a form stands in the panel at once, and is corrected there", async () => {
    const panel = diego.locator("#details-pane");
    await attach("form");
    const section = panel.locator(".panel").filter({ hasText: "Datos del formulario" });
    await expect(section).toContainText("Sábado por la mañana");
    await expect(panel.locator(".file-tile"), "the files that were looked at stay").toHaveCount(2);
    await section.getByRole("button", { name: "Editar sede" }).press("Enter");
    await section.getByRole("textbox", { name: "sede" }).fill("San Isidro");
    await diego.keyboard.press("Enter");
    await expect(section).toContainText("San IsidroCorregido por Diego Salazar");
    await healthy(diego);
  });

  await test.step("events between messages are one line, which opens and closes by keyboard", async () => {
    const conversation = new URL(diego.url()).pathname.split("/").at(-1);
    const events = ["high", "low", "urgent"];
    for (const urgency of events) await office.command("diego", "PUT", `/conversations/${conversation}/urgency`, { urgency });
    await nextSecond();
    await write("¿Hay novedades?");
    const folds = thread.locator(":scope > .fold");
    const lines = thread.locator(":scope > .sys").filter({ hasText: "cambió la prioridad" });
    await expect(lines).toHaveCount(3);
    await expect(lines.last()).toBeHidden();
    await folds.last().focus();
    await diego.keyboard.press("Enter");
    await expect(folds.last()).toHaveAttribute("aria-expanded", "true");
    await expect(lines.last()).toBeVisible();
    await diego.keyboard.press("Space");
    await expect(lines.last()).toBeHidden();
    await expect(folds.last()).toBeFocused();
  });

  await test.step("the past stands above, with what it was", async () => {
    await thread.evaluate((element) => element.scrollTo(0, 0));
    await expect(at(diego).bubble("¿Aceptan tarjeta?").first()).toBeVisible();
    const more = thread.getByRole("button", { name: "Ver la conversación anterior" });
    await more.dispatchEvent("click");
    const past = thread.locator(".past-talk");
    await expect(past).toContainText("Ayer les escribí por SMS");
    await expect(past.locator(".past-line")).toContainText("Sonrisas SMS");
    await expect(async () => {
      await thread.evaluate((element) => [80, 0].forEach((top) => (element.scrollTop = top)));
      await expect(more).toHaveCount(0, { timeout: 500 });
    }).toPass();
    await healthy(diego);
  });
});

test("who writes by another channel meanwhile is seen where one is", async ({ open, office, vendor }) => {
  await office.atWork("diego");
  const diego = await open("diego");
  const lucia = vendor.customer();
  await lucia.write("Hola por WhatsApp");
  await at(diego).row(lucia.name).getByRole("link").click();
  await expect(at(diego).draft).toBeFocused();
  await diego.keyboard.type("Le respondo");
  const line = at(diego).thread.locator(":scope > .parallel");
  await expect(line).toHaveCount(0);
  await lucia.write("Y ahora por SMS", { channel: "Sonrisas SMS" });
  await expect(line).toContainText(/También por Sonrisas SMS · .+ · abierta, con Diego/);
  await expect(at(diego).draft).toHaveValue("Le respondo");
  await expect(at(diego).thread.getByRole("button", { name: "Ver la conversación anterior" })).toHaveCount(0);

  await test.step("shown there and put away by keyboard", async () => {
    const show = line.getByRole("button", { name: /^Ver aquí/ });
    await show.focus();
    await diego.keyboard.press("Enter");
    await expect(line.locator(".msg")).toContainText("Y ahora por SMS");
    await expect(show).toHaveAttribute("aria-expanded", "true");
    await healthy(diego);
    await nextSecond();
    await lucia.write("¿Hay sitio?");
    await expect(at(diego).thread.locator(":scope > .msg").last()).toContainText("¿Hay sitio?");
    const order = await at(diego).thread.locator(":scope > :is(.msg, .parallel)").evaluateAll((all) => all.map((one) => one.className.split(" ")[0]));
    expect(order).toEqual(["msg", "parallel", "msg"]);
  });

  await test.step("it goes on there, and stays unfolded when it is over", async () => {
    const talk = (await line.getAttribute("id")).slice("parallel-".length);
    await office.command("diego", "POST", `/conversations/${talk}/close`);
    await expect(line.locator(":scope > .past-line")).toContainText("cerrada");
    await expect(line.locator(".msg")).toContainText("Y ahora por SMS");
    await line.getByRole("button", { name: /^Ver aquí/ }).click();
    await expect(line.locator(".msg")).toHaveCount(0);
    await line.getByRole("link").click();
    await expect(at(diego).bubble("Y ahora por SMS")).toHaveCount(1);
    await expect(diego).toHaveURL(new RegExp(talk));
    await expect(line).toHaveCount(0);
  });
});

test("who scrolls up a little is not pulled back to the end, whatever comes", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const [lucia, pedro] = [vendor.customer(), vendor.customer()];
  for (let line = 1; line <= 20; line += 1) await lucia.write(`Línea ${line} de 20`);
  await at(valeria).row(lucia.name).getByRole("link").click();
  const { thread } = at(valeria);
  const away = () => thread.evaluate((element) => Math.round(element.scrollHeight - element.clientHeight - element.scrollTop));
  await thread.evaluate((element) => (element.scrollTop = element.scrollHeight));
  await lucia.write("¿Siguen ahí?");
  await expect(at(valeria).bubble("¿Siguen ahí?")).toBeInViewport();
  await expect.poll(away).toBeLessThan(2);

  await at(valeria).bubble("Línea 20").locator(".bubble").hover();
  await expect(thread.locator(".msg-do")).toBeVisible();
  await valeria.mouse.wheel(0, -60);
  await expect.poll(away, "what comes up beside a message moves nothing").toBe(60);
  const frames = () => valeria.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await pedro.write("Otra conversación");
  await expect(at(valeria).row(pedro.name)).toBeVisible();
  await frames();
  expect(await away(), "what happens elsewhere moves nothing").toBe(60);
  const last = await at(valeria).bubble("¿Siguen ahí?").boundingBox();
  await lucia.write("Otra línea");
  const jump = valeria.locator('[data-act="jump"]');
  await expect(jump).toHaveText("1 mensaje nuevo");
  expect((await at(valeria).bubble("¿Siguen ahí?").boundingBox()).y, "nor what comes below").toBe(last.y);
  await jump.click();
  await expect.poll(away).toBeLessThan(2);
  await lucia.write("Y otra");
  await expect(at(valeria).bubble("Y otra")).toBeInViewport();
  await expect.poll(away, "at the end again, it stays there").toBeLessThan(2);
});

test("what is answered stays chosen while ticks and reactions come to it", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const lucia = vendor.customer();
  await lucia.write("¿Mañana a las nueve?");
  await at(valeria).row(lucia.name).getByRole("link").click();
  const message = at(valeria).bubble("¿Mañana a las nueve?");
  await message.hover();
  await message.locator(".msg-do").click();
  await expect(message).toHaveAttribute("data-quoted", "");
  const other = await open("valeria", new URL(valeria.url()).pathname);
  await at(other).bubble("¿Mañana a las nueve?").hover();
  await at(other).bubble("¿Mañana a las nueve?").locator(".msg-do").click();
  await other.locator("#quote").getByRole("button", { name: /👍/ }).click();

  await expect(message.locator(".react")).toContainText("👍");
  await expect(message, "in the other tab it is still the one").toHaveAttribute("data-quoted", "");
  await expect(message.locator(".msg-do")).toHaveCount(1);
  await valeria.locator("#quote").getByRole("button", { name: /🙏/ }).click();
  await expect(message.locator(".react")).toContainText("🙏");
  await expect.poll(async () => (await lucia.received()).filter((one) => one === "🙏").length).toBe(1);
});
