import { at, expect, openFromList, test } from "../support/house.js";

test("whatever a customer sends has a bubble with a name", async ({ open, office, vendor, house }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");

  const phone = await open(null, house.simulator);
  await expect(phone.locator("html")).toHaveAttribute("data-ready", /.*/);
  await phone.locator('[data-customer="new"]').click();
  const picked = phone.locator('#customers [data-customer][aria-pressed="true"]');
  const name = await picked.locator(".medium").innerText();
  const number = await picked.getAttribute("data-customer");
  const attach = async (kind) => {
    await phone.locator("#attach").click();
    await phone.locator(`[data-attach="${kind}"]`).click();
  };
  const entry = (text) => at(valeria).thread.locator(":scope > .msg, :scope > .sys").filter({ hasText: text });

  await test.step("from the phone: text, photo, voice, place, contact", async () => {
    await phone.locator("#message").fill("Hola 👋");
    await phone.keyboard.press("Enter");
    await openFromList(valeria, name);
    await attach("photo");
    await attach("voice");
    await attach("location");
    await attach("contact");
    await expect(entry("Hola 👋")).toHaveCount(1);
    await expect(at(valeria).thread.getByRole("img", { name: /^Imagen de/ })).toHaveCount(1);
    await expect(at(valeria).thread.getByRole("button", { name: /^Reproducir nota de voz/ })).toHaveCount(1);
    await expect(entry("Parque Kennedy").getByRole("link")).toHaveAttribute("href", /openstreetmap\.org\/\?mlat=-12\.1321&mlon=-77\.0302/);
    await expect(entry("Rosa Fernández")).toHaveCount(1);
  });

  await test.step("a reaction and an answer that quotes", async () => {
    await at(valeria).draft.fill("¿En qué la ayudo?");
    await at(valeria).draft.press("Enter");
    const theirs = phone.locator(".wa-row:not(.mine)").filter({ hasText: "¿En qué la ayudo?" });
    await theirs.hover();
    await theirs.getByRole("button").nth(1).click();
    await phone.locator("#message").fill("Con mi cita");
    await phone.keyboard.press("Enter");
    await expect(entry("Con mi cita").locator(".quote")).toContainText("¿En qué la ayudo?");
    await theirs.getByRole("button").first().click();
    await phone.getByRole("button", { name: "👍" }).first().click();
    await expect(at(valeria).thread.locator(".react")).toHaveText("👍");
  });

  const write = (message) => vendor.call("inbound", { from: number, name, message });
  const id = "900000000000000001";
  const said = {
    "Botón elegido": { type: "button", button: { payload: "SI", text: "Botón elegido" } },
    "Fila elegida": { type: "interactive", interactive: { type: "list_reply", list_reply: { id: "1", title: "Fila elegida", description: "La primera" } } },
    "receta.pdf": { type: "document", document: { id, filename: "receta.pdf", mime_type: "application/pdf", sha256: "x" } },
    "Sticker": { type: "sticker", sticker: { id, mime_type: "image/webp", sha256: "x", animated: false } },
    "Video": { type: "video", video: { id, mime_type: "video/mp4", sha256: "x", caption: "Mi muela" } },
    "Pedido de 2 productos": { type: "order", order: { catalog_id: "1", text: "Por favor", product_items: [{ product_retailer_id: "cepillo", quantity: 2, item_price: 10, currency: "PEN" }, { product_retailer_id: "hilo", quantity: 1, item_price: 5, currency: "PEN" }] } },
    "solo se puede ver en el teléfono": { type: "unsupported", errors: [{ code: 131051, title: "Message type unknown" }] },
    "Mensaje de un tipo nuevo": { type: "holograma", holograma: { brillo: 7 } },
  };
  for (const [words, message] of Object.entries(said)) {
    await test.step(`${message.type}: ${words}`, async () => {
      await write(message);
      await expect(entry(words)).toHaveCount(1);
      await expect(entry(words)).toBeVisible();
    });
  }

  await test.step("markup and text from right to left are text", async () => {
    await write('<script>document.title = "hacked"</script><img src=x onerror="alert(1)">');
    await expect(entry('<script>document.title = "hacked"</script><img src=x onerror="alert(1)">')).toHaveCount(1);
    await expect(at(valeria).thread.locator("script, img[src='x']")).toHaveCount(0);
    await expect(valeria).not.toHaveTitle(/hacked/);
    await write("مرحبا، هل لديكم موعد؟");
    await expect(entry("مرحبا")).toHaveCSS("direction", "ltr");
    await expect(entry("مرحبا").locator(".txt")).toHaveCSS("direction", "rtl");
  });

  await test.step("what was drawn live is what a fresh page draws", async () => {
    const look = () => at(valeria).thread.locator(":scope > .msg, :scope > .sys").allInnerTexts();
    const lived = await look();
    await valeria.reload();
    await expect.poll(look).toEqual(lived);
  });
});
