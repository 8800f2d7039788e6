import { at, expect, openFromList, test } from "../support/house.js";
import { flaws } from "../support/inspect.js";

const PDF = Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");

test("files go both ways: seen, played, attached, recorded and refused", async ({ open, office, house }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const { thread, draft } = at(valeria);

  const phone = await open(null, house.simulator);
  await expect(phone.locator("html")).toHaveAttribute("data-ready", /.*/);
  await phone.locator('[data-customer="new"]').click();
  const name = await phone.locator('#customers [data-customer][aria-pressed="true"] .medium').innerText();
  await phone.locator("#message").fill("Te mando una foto");
  await phone.keyboard.press("Enter");
  await openFromList(valeria, name);

  await test.step("a photo keeps its place and opens in the viewer", async () => {
    await phone.locator("#attach").click();
    await phone.locator('[data-attach="photo"]').click();
    const photo = thread.getByRole("img", { name: /^Imagen de/ });
    await expect(photo).toBeVisible();
    await expect.poll(() => photo.evaluate((image) => image.complete && image.naturalWidth)).toBeGreaterThan(0);
    await valeria.getByRole("link", { name: /^Ver la imagen/ }).click();
    await expect(valeria.locator("#viewer")).toBeVisible();
    await valeria.keyboard.press("Escape");
    await expect(valeria.locator("#viewer")).toBeHidden();
  });

  await test.step("a voice note plays to its end", async () => {
    await phone.locator("#attach").click();
    await phone.locator('[data-attach="voice"]').click();
    const play = thread.getByRole("button", { name: /^Reproducir nota de voz/ });
    await play.click();
    await expect(thread.locator("[data-sound] use").first()).toHaveAttribute("href", "#i-pause");
    await expect(thread.locator("[data-sound] use").first()).toHaveAttribute("href", "#i-play", { timeout: 30_000 });
  });

  await test.step("a paper goes with its words", async () => {
    await valeria.locator("#attach-file").setInputFiles({ name: "Cotización.pdf", mimeType: "application/pdf", buffer: PDF });
    await expect(valeria.locator("#tray li")).toContainText("Cotización.pdf");
    await expect(valeria.locator("#tray progress")).toBeHidden();
    await draft.fill("Aquí está");
    await draft.press("Enter");
    await expect(valeria.locator("#tray")).toBeHidden();
    await expect(thread.getByRole("link", { name: "Descargar Cotización.pdf" })).toHaveCount(1);
    await expect(phone.locator(".wa-row").filter({ hasText: "Aquí está" })).toHaveCount(1);
  });

  await test.step("Enter while a file still goes up sends both once it is there, or neither", async () => {
    let upload;
    await valeria.route(/\/conversations\/.*\/files/, (route) => (upload = route));
    const attach = (name) => valeria.locator("#attach-file").setInputFiles({ name, mimeType: "application/pdf", buffer: PDF });
    await attach("Receta.pdf");
    await draft.fill("Con la receta");
    await draft.press("Enter");
    await expect(valeria.locator(".composer-wait")).toBeVisible();
    await expect(draft).toHaveValue("Con la receta");
    await expect.poll(() => Boolean(upload)).toBe(true);
    await upload.continue();
    await expect(phone.locator(".wa-row").filter({ hasText: "Con la receta" })).toHaveCount(1);
    await expect(draft).toHaveValue("");
    await expect(valeria.locator("#tray")).toBeHidden();

    upload = null;
    await attach("Perdida.pdf");
    await draft.fill("No te pierdas");
    await draft.press("Enter");
    await expect.poll(() => Boolean(upload)).toBe(true);
    await upload.abort();
    await expect(valeria.locator("#composer-error")).toContainText("sigue aquí");
    await expect(draft).toHaveValue("No te pierdas");
    await expect(draft).toBeEditable();
    await valeria.getByRole("button", { name: "Quitar Perdida.pdf" }).click();
    await draft.fill("");
    await valeria.unrouteAll();
  });

  await test.step("what the vendor would refuse stays here, with the reason", async () => {
    const heic = Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic", "latin1");
    await valeria.locator("#attach-file").setInputFiles({ name: "IMG_0001.HEIC", mimeType: "image/heic", buffer: heic });
    await expect(valeria.locator("#tray li.bad")).toContainText("HEIC");
    await valeria.getByRole("button", { name: "Quitar IMG_0001.HEIC" }).click();
    await expect(valeria.locator("#tray")).toBeHidden();
  });

  await test.step("a voice note is recorded, arrives as one, and plays here", async () => {
    await valeria.getByRole("button", { name: "Grabar nota de voz" }).click();
    await expect(valeria.locator(".recorder [data-time]")).toHaveText("0:02", { timeout: 30_000 });
    await valeria.getByRole("button", { name: "Enviar nota de voz" }).click();
    const ours = thread.locator(".msg.out [data-sound]");
    await expect(ours).toHaveCount(1);
    await expect(ours.locator("[data-time]")).toHaveText(/^0:0[1-9]$/);
    const sent = async () => (await fetch(`${house.simulator}/control/sent`)).json();
    await expect.poll(async () => (await sent()).filter((one) => one.type === "audio").length).toBe(1);
    await ours.getByRole("button", { name: /^Reproducir/ }).click();
    await expect(ours.locator("use")).toHaveAttribute("href", "#i-pause");
    await expect(ours.locator("use")).toHaveAttribute("href", "#i-play", { timeout: 30_000 });
  });

  await test.step("a recording that is discarded is gone", async () => {
    await valeria.getByRole("button", { name: "Grabar nota de voz" }).click();
    await expect(valeria.locator(".recorder")).toBeVisible();
    expect(await flaws(valeria, { scope: "#dock" })).toEqual([]);
    await valeria.keyboard.press("Escape");
    await expect(valeria.locator(".recorder")).toBeHidden();
    await expect(thread.locator(".msg.out [data-sound]")).toHaveCount(1);
  });
});

test("a file dropped on the thread goes into the tray; one that misses it replaces nothing", async ({ open, office, vendor }) => {
  await office.atWork("valeria");
  const valeria = await open("valeria");
  const lucia = vendor.customer();
  await lucia.write("¿Me pasas la cotización?");
  await openFromList(valeria, lucia.name);
  const drag = (locator, type) =>
    locator.evaluate((element, type) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(["%PDF-1.4\n%%EOF\n"], "Cotización.pdf", { type: "application/pdf" }));
      const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
      element.dispatchEvent(event);
      return event.defaultPrevented;
    }, type);
  const pane = valeria.locator("#thread-pane");
  const list = valeria.locator("#list");
  expect(await drag(list, "dragover")).toBe(true);
  await expect(pane).not.toHaveAttribute("data-drop");
  expect(await drag(list, "drop"), "the page stays").toBe(true);
  await drag(at(valeria).thread, "dragover");
  await expect(pane).toHaveAttribute("data-drop", "");
  await drag(at(valeria).thread, "drop");
  await expect(pane).not.toHaveAttribute("data-drop");
  await expect(valeria.locator("#tray li")).toHaveText(/Cotización\.pdf/);
  await expect(valeria.locator("#tray progress")).toBeHidden();
  await at(valeria).draft.press("Enter");
  await expect(at(valeria).thread.getByRole("link", { name: "Descargar Cotización.pdf" })).toHaveCount(1);
});
