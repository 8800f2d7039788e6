import { at, expect, openFromList, showsTheTruth, test } from "../support/house.js";
import { SIZES, inspect } from "../support/inspect.js";

test("what is written in one tab is found in the other, and nothing is written over unseen", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const one = await open("valeria");
  const [lucia, jorge] = [vendor.customer(), vendor.customer()];
  await lucia.write("Hola");
  await jorge.write("Buenas");
  await openFromList(one, lucia.name);
  const kept = one.waitForResponse((answer) => answer.url().endsWith("/draft"));
  await one.keyboard.type("Le confirmo mañana");
  await kept;

  // Another computer: nothing of the first one's browser is there.
  const two = await open("valeria");
  await test.step("the row says so, and the draft is there", async () => {
    await expect(at(two).row(lucia.name).locator(".l2")).toHaveAttribute("data-draft", "Borrador: Le confirmo mañana");
    await openFromList(two, lucia.name);
    await expect(at(two).draft).toHaveValue("Le confirmo mañana");
  });
  await test.step("what is typed here comes there, where nobody types", async () => {
    await at(two).draft.press("End");
    await two.keyboard.type(" a las 9");
    await expect(at(one).draft).toHaveValue("Le confirmo mañana a las 9");
  });
  await test.step("where both type, whoever is later chooses", async () => {
    await one.route("**/draft", (route) => route.abort());
    await at(one).draft.fill("Mejor el jueves");
    const push = two.waitForResponse((answer) => answer.url().endsWith("/draft"));
    await at(two).draft.fill("Le confirmo el viernes");
    await push;
    const strip = one.locator("#draft-strip");
    await expect(strip).toContainText("Le confirmo el viernes");
    await expect(at(one).draft).toHaveValue("Mejor el jueves");
    await one.unroute("**/draft");
    await inspect(one, "draft-conflict");
    await one.setViewportSize(SIZES.wide);
    await strip.getByRole("button", { name: "Usar ese" }).click();
    await expect(at(one).draft).toHaveValue("Le confirmo el viernes");
    await expect(strip).toBeHidden();
  });
  await test.step("sent in one, it is gone from the other", async () => {
    await at(one).draft.press("Enter");
    await expect(at(two).bubble("Le confirmo el viernes")).toBeVisible();
    await expect(at(two).draft).toHaveValue("");
  });
  await expect.poll(() => lucia.received()).toEqual(["Le confirmo el viernes"]);
});

test("a conversation is taken away in the middle of a sentence: its author has it, and who takes over sees it", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const lucia = vendor.customer();
  await lucia.write("Hola, ¿cuánto cuesta?");
  await openFromList(valeria, lucia.name);
  await office.atWork("mateo");
  const mateo = await open("mateo");
  const kept = valeria.waitForResponse((answer) => answer.url().endsWith("/draft"));
  await valeria.keyboard.type("Son noventa sol");
  await kept;
  const id = valeria.url().split("/").pop();
  const { person } = await mateo.evaluate(() => ({ person: document.body.dataset.me }));
  await office.command("gabriela", "POST", `/conversations/${id}/assignee`, { person });
  const card = valeria.locator("#offers > li");
  // She goes on; none of it is a key of the page, and none is lost.
  await valeria.keyboard.type("es, o en dos");
  await expect(card).toContainText(lucia.name);
  await valeria.keyboard.type(" partes");
  await expect(card.locator("textarea")).toHaveValue("Son noventa soles, o en dos partes");
  await expect(at(valeria).thread).toHaveCount(0);
  await inspect(valeria, "draft-taken-away", { scope: "#offers" });
  await openFromList(mateo, lucia.name);
  await expect(mateo.locator("#draft-strip")).toContainText("Borrador de Valeria Quispe: Son noventa sol");
  await mateo.locator("#draft-strip").getByRole("button", { name: "Usar ese" }).click();
  await expect(at(mateo).draft).toHaveValue(/^Son noventa sol/);
  // As far as it had come when it was taken away.
  await at(mateo).draft.fill("Son noventa soles");
  await mateo.keyboard.press("Enter");
  await expect.poll(() => lucia.received()).toEqual(["Son noventa soles"]);
});

test("a quick reply: found by name and text, filled, completed, sent, and done", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const lucia = vendor.customer();
  const first = lucia.name.split(" ")[0];
  await lucia.write("Hola, ¿puedo pagar con tarjeta?");
  await openFromList(valeria, lucia.name);
  const options = valeria.locator(".slash").getByRole("option");

  await test.step("typed after a slash, shown as it will be sent", async () => {
    await valeria.keyboard.type("/pag");
    await expect(options.first()).toContainText("/pago-cuotas");
    await expect(valeria.locator("[data-preview]")).toContainText(`${first}, aceptamos Visa`);
    await inspect(valeria, "slash");
    await valeria.setViewportSize(SIZES.wide);
    await valeria.keyboard.press("ArrowDown");
    await expect(valeria.locator("[data-preview]")).toContainText("link de pago");
    await valeria.keyboard.press("ArrowUp");
    await valeria.keyboard.press("Enter");
    await expect(at(valeria).draft).toHaveValue(new RegExp(`^${first}, aceptamos Visa`));
    await valeria.keyboard.press("Enter");
    await expect(at(valeria).bubble("aceptamos Visa").locator(".m")).toContainText("Leído");
  });
  await test.step("what is not known of her is never sent as it stands", async () => {
    await valeria.keyboard.type("/copago");
    await expect(options.first()).toContainText("/seguro");
    await expect(valeria.locator("[data-missing]")).toBeVisible();
    await valeria.keyboard.press("Enter");
    await expect(at(valeria).draft).toHaveValue(/\{\{attribute\.seguro\}\}/);
    await valeria.keyboard.press("Enter");
    await expect(valeria.locator("#composer-error")).toContainText("{{attribute.seguro}}");
    await valeria.keyboard.type("Rímac");
    await valeria.keyboard.press("Enter");
    await expect(at(valeria).bubble("vemos que tu seguro es Rímac.")).toBeVisible();
  });
  await test.step("one of her own, which resolves the conversation", async () => {
    const admin = await open("valeria", "/macros");
    await admin.getByLabel("Nombre").fill("Adiós");
    await admin.getByLabel("Texto").fill("Hasta pronto, {{contact.first_name}}");
    await admin.getByLabel("Resolver").selectOption("with-none");
    await admin.getByRole("button", { name: "Guardar" }).click();
    await expect(admin.getByRole("status")).toHaveText("La respuesta rápida está guardada.");
    await inspect(admin, "macros");
    await valeria.reload();
    await at(valeria).draft.click();
    await valeria.keyboard.type("/adios");
    await expect(options).toHaveCount(1);
    await valeria.keyboard.press("Enter");
    await expect(valeria.locator("#slash-after")).toContainText("Resolver");
  });
  await test.step("planned it would not resolve: that is said, and all of it stays", async () => {
    await valeria.getByRole("button", { name: "Más opciones de envío" }).click();
    await valeria.getByRole("menuitem", { name: "Enviar más tarde" }).click();
    await expect(at(valeria).toast).toContainText("eso no se puede programar");
    await expect(valeria.locator("#later")).toHaveCount(0);
    await expect(valeria.locator("#slash-after")).toContainText("Resolver");
    await expect(at(valeria).draft).toHaveValue(`Hasta pronto, ${first}`);
  });
  await test.step("sent, and cut off before it resolves: that is done after a reload", async () => {
    await valeria.route("**/macros/*", (route) => route.abort());
    const lost = valeria.waitForEvent("requestfailed", (one) => one.url().includes("/macros/"));
    await at(valeria).draft.press("Enter");
    await lost;
    await valeria.unroute("**/macros/*");
    await valeria.reload();
    await expect(at(valeria).row(lucia.name)).toHaveCount(0);
  });
  await expect.poll(() => lucia.received().then((all) => all.at(-1))).toBe(`Hasta pronto, ${first}`);
});

test("an answer to one message, a reaction, an emoji", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const lucia = vendor.customer();
  await lucia.write("¿Aceptan tarjeta?");
  await lucia.write("¿Y Yape?");
  await openFromList(valeria, lucia.name);

  await test.step("chosen with the pointer, shown above the field, quoted in the thread", async () => {
    const asked = at(valeria).bubble("¿Aceptan tarjeta?");
    await asked.hover();
    await asked.getByRole("button", { name: "Responder o reaccionar" }).click();
    await expect(valeria.locator("#quote")).toContainText("¿Aceptan tarjeta?");
    await inspect(valeria, "quote");
    await valeria.setViewportSize(SIZES.wide);
    await at(valeria).draft.focus();
    await valeria.keyboard.type("Sí, todas");
    await valeria.keyboard.press("Enter");
    await expect(at(valeria).bubble("Sí, todas").locator(".quote")).toContainText("¿Aceptan tarjeta?");
    await expect(valeria.locator("#quote")).toBeHidden();
  });
  await test.step("chosen with Q, reacted to, and taken back", async () => {
    await at(valeria).draft.press("Escape");
    await valeria.keyboard.press("q");
    await expect(valeria.locator("#quote")).toContainText("Sí, todas");
    await valeria.keyboard.press("Escape");
    await expect(valeria.locator("#quote")).toBeHidden();
    await expect(at(valeria).draft).toBeFocused();
    const yape = at(valeria).bubble("¿Y Yape?");
    await yape.hover();
    await yape.getByRole("button", { name: "Responder o reaccionar" }).click();
    await valeria.getByRole("button", { name: "Reaccionar con 👍" }).click();
    await expect(yape.locator(".react[data-ours]")).toHaveText("👍");
    await yape.hover();
    await yape.getByRole("button", { name: "Responder o reaccionar" }).click();
    await valeria.getByRole("button", { name: "Reaccionar con 👍" }).click();
    await expect(yape.locator(".react")).toHaveCount(0);
  });
  await test.step("found by a word of any of the three languages, and remembered", async () => {
    const box = valeria.locator(".emoji");
    for (const word of ["pulgar", "joinha", "thumbs up"]) {
      await valeria.getByRole("button", { name: "Emoji", exact: true }).click();
      await expect(box).toBeVisible();
      await valeria.keyboard.type(word.split(" ")[0]);
      if (word === "pulgar") await inspect(valeria, "emoji");
      await valeria.setViewportSize(SIZES.wide);
      await expect(box.getByRole("button").first()).toHaveText("👍");
      await valeria.keyboard.press("Enter");
      await expect(box).toHaveCount(0);
    }
    await expect(at(valeria).draft).toHaveValue("👍👍👍");
    await valeria.getByRole("button", { name: "Emoji", exact: true }).click();
    await expect(box.getByRole("button").first()).toHaveText("👍");
    await valeria.keyboard.press("Escape");
    await expect(at(valeria).draft).toBeFocused();
  });
  await at(valeria).draft.fill("");
  await showsTheTruth(valeria, open, "valeria");
});

test("words are looked over in the customer's language, else in one's own; what an answer costs stands beside them", async ({ open, office, vendor }) => {
  await office.atWork("diego");
  const diego = await open("diego");
  const [ana, joao] = [vendor.customer(), vendor.customer()];
  await ana.write("Olá, tudo bem?");
  await openFromList(diego, ana.name);
  const cost = diego.locator("#reply-cost");
  const language = () => at(diego).draft.evaluate((field) => [field.spellcheck, field.closest("[lang]").lang]);
  await test.step("hers, once somebody wrote down which that is", async () => {
    expect(await language()).toEqual([true, "es-419"]);
    await diego.getByRole("button", { name: "Editar", exact: true }).click();
    await diego.locator("#card").getByLabel("Idioma que pidió").selectOption("pt");
    await diego.locator("#card").getByRole("button", { name: "Guardar" }).click();
    await expect(diego.locator("#card")).toHaveCount(0);
    await diego.reload();
    await expect.poll(language).toEqual([true, "pt"]);
  });
  await test.step("another one, for this conversation; off, for all", async () => {
    const choose = async (name) => {
      await diego.locator('[data-menu="more-menu"]').click();
      await diego.getByRole("menuitemradio", { name }).click();
    };
    await choose("Ortografía en: English");
    expect(await language()).toEqual([true, "en"]);
    await choose("Sin corrector");
    expect((await language())[0]).toBe(false);
    await choose("Ortografía en: Português");
    expect(await language()).toEqual([true, "pt-BR"]);
  });
  await test.step("free it is quiet; an SMS is not", async () => {
    await expect(cost).toBeHidden();
    await joao.write("Hola por SMS", { channel: "Sonrisas SMS" });
    await diego.locator("#list > li").filter({ hasText: "Hola por SMS" }).getByRole("link").click();
    await expect(at(diego).bubble("Hola por SMS")).toHaveCount(1);
    await expect(cost).toBeVisible();
    await expect(cost).toHaveText(/costo|US\$/i);
  });
});
