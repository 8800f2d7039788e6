// Nothing an agent wrote, attached or recorded is lost or goes to somebody else: slow lines, two tabs, changes of mind.
import { at, expect, listen, live, openFromList, test } from "../support/house.js";
import { flaws } from "../support/inspect.js";
import { wireOf } from "../support/wire.js";

const PDF = Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");

/** An agent at her page with one or more customers who have written. */
async function desk({ open, office, vendor }, count = 1, options = {}) {
  await office.atWork("valeria");
  const page = await open("valeria", "/inbox", options);
  const customers = [];
  for (let n = 0; n < count; n += 1) {
    const customer = vendor.customer();
    await customer.write("Buen día");
    await expect(at(page).row(customer.name)).toHaveCount(1);
    customers.push(customer);
  }
  return { page, customers };
}

/** Requests to an address wait until they are let through. */
async function slow(page, address, method = null) {
  let held = [];
  let seen = 0;
  const let_ = (route) => route.continue().catch(() => {}); // given up by the page
  let open = false;
  await page.route(address, (route) => {
    if (open || (method && route.request().method() !== method)) return route.fallback();
    seen += 1;
    held.push(route);
  });
  return {
    asked: (times = 1) => expect.poll(() => seen).toBeGreaterThanOrEqual(times),
    async go() {
      open = true;
      for (const route of held) await let_(route);
      held = [];
    },
  };
}

const idOf = async (page, name) => (await at(page).row(name).getAttribute("id")).slice("row-".length);
const panes = (id) => (url) => url.pathname === `/inbox/${id}`;
const row = (page, name) => at(page).row(name).getByRole("link");
const tab = (page, name) => page.getByRole("tab", { name });

/** A second tab of the same browser. */
async function secondTab(page, path, complaints) {
  const two = await page.context().newPage();
  complaints.push(listen(two));
  await two.goto(path);
  await live(two);
  return two;
}

test("who goes back to the open conversation while another loads stays there, and so does what is typed", async ({ open, office, vendor }) => {
  const { page, customers: [here, there] } = await desk({ open, office, vendor }, 2);
  const id = await idOf(page, there.name);
  await openFromList(page, here.name);
  const other = await slow(page, panes(id));
  await row(page, there.name).click();
  await other.asked();
  await row(page, here.name).click();
  await expect(at(page).draft).toBeFocused();
  await page.keyboard.type("Zafiro azul");
  await other.go();
  await page.keyboard.press("Enter");
  await expect(at(page).bubble("Zafiro azul")).toHaveCount(1);
  await expect(page.locator("#thread-title")).toHaveText(here.name);
  await expect.poll(() => here.received()).toEqual(["Zafiro azul"]);
  expect(await there.received()).toEqual([]);
});

test("resolved, and another one chosen before the server says so: it is that one that opens", async ({ open, office, vendor }) => {
  const { page, customers: [done, next, chosen] } = await desk({ open, office, vendor }, 3);
  const id = await idOf(page, chosen.name);
  await openFromList(page, done.name);
  const closing = await slow(page, "**/close", "POST");
  const opening = await slow(page, panes(id));
  await page.locator('#thread-pane [data-act="close"]').click();
  await closing.asked();
  await row(page, chosen.name).click();
  await opening.asked();
  await closing.go();
  await expect(at(page).toast).toContainText("resuelta");
  await opening.go();
  await expect(page.locator("#thread-title")).toHaveText(chosen.name);
  await expect(at(page).draft).toBeFocused();
  await expect(at(page).row(next.name)).toHaveCount(1);
});

test("sent while a file goes up, and nothing is open any more: words, file and quote go out", async ({ open, office, vendor }) => {
  const { page, customers: [lucia] } = await desk({ open, office, vendor });
  await openFromList(page, lucia.name);
  await at(page).bubble("Buen día").hover();
  await page.getByRole("button", { name: "Responder o reaccionar" }).click();
  await expect(page.locator("#quote")).toBeVisible();
  const upload = await slow(page, /\/conversations\/.*\/files/);
  await page.locator("#attach-file").setInputFiles({ name: "Topacio.pdf", mimeType: "application/pdf", buffer: PDF });
  await at(page).draft.fill("Va el topacio");
  await at(page).draft.press("Enter");
  await upload.asked();
  await page.goBack();
  await expect(page.locator("#thread-pane [data-thread]")).toHaveCount(0);
  await upload.go();
  await expect.poll(async () => (await vendor.call(`sent?to=${lucia.phone}`)).length).toBe(1);
  const [{ payload }] = await vendor.call(`sent?to=${lucia.phone}`);
  expect(payload.document.caption).toBe("Va el topacio");
  expect(payload.context).toBeTruthy();
  await openFromList(page, lucia.name);
  await expect(at(page).draft).toHaveValue("");
  await expect(at(page).bubble("Va el topacio")).toHaveCount(1);
});

test("two tabs of one browser: what is written in one stands in the other, and neither wipes nor brings back", async ({ open, office, vendor }) => {
  const { page: one, customers: [lucia, jorge] } = await desk({ open, office, vendor }, 2);
  const complaints = [];
  await openFromList(one, lucia.name);
  const two = await secondTab(one, new URL(one.url()).pathname, complaints);
  await test.step("typed in one, it is in the other, which leaves it in peace when it goes", async () => {
    await one.bringToFront();
    await at(one).draft.fill("Ámbar para usted");
    await expect(at(two).draft).toHaveValue("Ámbar para usted");
    await row(two, jorge.name).click();
    await expect(two.locator("#thread-title")).toHaveText(jorge.name);
    await two.goBack();
    await expect(at(two).draft).toHaveValue("Ámbar para usted");
  });
  await test.step("sent from one, it does not come back from the other", async () => {
    await at(one).draft.press("Enter");
    await expect(at(one).bubble("Ámbar para usted")).toHaveCount(1);
    await expect(at(two).draft).toHaveValue("");
    await row(two, jorge.name).click();
    await expect(two.locator("#thread-title")).toHaveText(jorge.name);
    await row(one, jorge.name).click();
    await expect(one.locator("#thread-title")).toHaveText(jorge.name);
    await expect(at(one).row(lucia.name).locator(".l2")).not.toHaveAttribute("data-draft");
    await openFromList(one, lucia.name);
    await expect(at(one).draft).toHaveValue("");
  });
  await test.step("written in both at once, the other is offered, not overwritten", async () => {
    await row(two, lucia.name).click();
    await expect(two.locator("#thread-title")).toHaveText(lucia.name);
    // Typed, and not kept yet.
    await at(two).draft.evaluate((field) => (field.value = "Ópalo"));
    await at(one).draft.fill("Jade");
    await expect(two.locator("#draft-strip")).toContainText("Jade");
    await expect(at(two).draft).toHaveValue("Ópalo");
  });
  expect(complaints.flat()).toEqual([]);
});

test("two tabs, one outbox: a refusal is told where the answer was written; an old page's token asks to sign in", async ({ open, office, vendor }) => {
  const { page: one, customers: [lucia, jorge] } = await desk({ open, office, vendor }, 2);
  const complaints = [];
  const two = await secondTab(one, "/inbox", complaints);
  await openFromList(two, jorge.name);
  await openFromList(one, lucia.name);
  const first = await slow(two, "**/messages", "POST");
  await test.step("the tab behind sends for both, and the one in front draws the refusal", async () => {
    await at(two).draft.fill("Cuarzo uno");
    await at(two).draft.press("Enter");
    await first.asked();
    await two.context().route("**/messages", (route) => (route.request().postData().includes("Cuarzo+dos") ? route.fulfill({ status: 409, json: { error: "x", message: "El cuarzo no pasa" } }) : route.fallback()));
    await one.bringToFront();
    await at(one).draft.fill("Cuarzo dos");
    await at(one).draft.press("Enter");
    await expect(at(one).bubble("Cuarzo dos")).toHaveClass(/pending/);
    // Browsers tell a tab a moment later what another has kept.
    await expect.poll(() => two.evaluate(() => JSON.stringify(localStorage))).toContain("Cuarzo dos");
    await first.go();
    await expect(at(one).bubble("Cuarzo dos")).toContainText("El cuarzo no pasa");
    await expect(at(two).toast).toContainText(lucia.name);
  });
  await test.step("put away in one tab, it is gone from the other", async () => {
    await openFromList(two, lucia.name);
    await expect(at(two).bubble("Cuarzo dos")).toContainText("El cuarzo no pasa");
    await at(two).bubble("Cuarzo dos").getByRole("button", { name: "Descartar" }).click();
    await expect(at(one).bubble("Cuarzo dos")).toHaveCount(0);
  });
  await test.step("an old token is no refusal: the answer waits for the sign-in", async () => {
    await two.close();
    await one.route("**/messages", (route) => route.fulfill({ status: 403, json: { error: "stale_form", message: "x" } }), { times: 1 });
    await at(one).draft.fill("Cuarzo tres");
    await at(one).draft.press("Enter");
    await expect(one.locator("#signed-out")).toBeVisible();
    await expect(at(one).bubble("Cuarzo tres")).toHaveClass(/pending/);
    await one.reload();
    await expect.poll(() => lucia.received()).toEqual(["Cuarzo tres"]);
  });
  expect(complaints.flat()).toEqual([]);
});

test("what can't be sent any more stays beside the page until it is put away: words, and files by their names", async ({ open, office, vendor }) => {
  let wire;
  const { page, customers: [lucia, jorge] } = await desk({ open, office, vendor }, 2, { before: async (one) => void (wire = await wireOf(one)) });
  await openFromList(page, lucia.name);
  await page.route("**/messages", (route) => route.fulfill({ status: 404, json: { error: "not_found", message: "x" } }));
  await page.locator("#attach-file").setInputFiles({ name: "Granate.pdf", mimeType: "application/pdf", buffer: PDF });
  // Enter waits for it, whether it has begun to go up or not.
  await at(page).draft.press("Enter");
  await expect(at(page).thread.locator(".msg.failed")).toContainText("Granate.pdf");
  await at(page).draft.fill("El granate es suyo");
  await at(page).draft.press("Enter");
  await openFromList(page, jorge.name);
  const cards = page.locator("#offers > [data-returned]");
  const paper = cards.filter({ hasText: "Granate.pdf" });
  await expect(cards).toHaveCount(2);
  await expect(paper).toContainText(lucia.name);
  await expect(cards.filter({ hasNotText: "Granate.pdf" }).locator("textarea")).toHaveValue("El granate es suyo");
  expect(await flaws(page)).toEqual([]);
  await test.step("all of it drawn anew, and loaded anew", async () => {
    const drawn = page.waitForResponse((answer) => answer.request().resourceType() === "fetch" && new URL(answer.url()).pathname.startsWith("/inbox/"));
    wire.say(JSON.stringify({ t: "reset", s: 1 }));
    await drawn;
    await expect(cards).toHaveCount(2);
    await page.reload();
    await live(page);
    await expect(cards).toHaveCount(2);
  });
  await test.step("put away, it does not come back", async () => {
    await paper.locator('[data-act="returned-close"]').click();
    await expect(cards).toHaveCount(1);
    await page.reload();
    await live(page);
    await expect(cards).toHaveCount(1);
    await expect(paper).toHaveCount(0);
  });
});

test("an answer in a thread that was opened at an older message: the focus stays, and what came below is asked about", async ({ open, office, vendor }) => {
  const { page, customers: [lucia] } = await desk({ open, office, vendor });
  await openFromList(page, lucia.name);
  const id = page.url().split("/").pop();
  const first = (await at(page).bubble("Buen día").getAttribute("id")).slice("m-".length);
  for (let n = 0; n < 75; n += 1) await lucia.write(`Perla ${n}`);
  const back = async () => {
    await page.goto(`/inbox/${id}?at=${first}`);
    await live(page);
    await expect(at(page).thread).toHaveAttribute("data-newer", /./);
  };
  await test.step("what came below is shown before anything goes", async () => {
    await back();
    await at(page).draft.fill("Nácar");
    await lucia.write("Última perla");
    await expect(at(page).row(lucia.name)).toContainText("Última perla");
    await at(page).draft.press("Enter");
    await expect(page.locator("#composer-ask")).toContainText(/Hay (un mensaje|\d+ mensajes) que aún no viste/);
    await expect(at(page).bubble("Última perla")).toBeVisible();
    await expect(at(page).draft).toBeFocused();
    await expect(at(page).draft).toHaveValue("Nácar");
  });
  await test.step("sent from there, one writes on", async () => {
    await back();
    const opening = await slow(page, panes(id));
    await at(page).draft.fill("Coral");
    await at(page).draft.press("Enter");
    await opening.asked();
    await page.keyboard.type("e sigue");
    await opening.go();
    await expect(at(page).bubble("Coral")).toHaveCount(1);
    await expect(at(page).draft).toBeFocused();
    await expect(at(page).draft).toHaveValue("e sigue");
    await expect(at(page).row(lucia.name)).toHaveCount(1);
  });
  await expect.poll(() => lucia.received()).toEqual(["Coral"]);
});

test("a planned answer that is edited comes back to its conversation, whatever is open by then", async ({ open, office, vendor }) => {
  const { page, customers: [lucia, jorge] } = await desk({ open, office, vendor }, 2);
  await openFromList(page, lucia.name);
  const card = page.locator(".plan");
  const plan = async (text) => {
    await at(page).draft.fill(text);
    await page.getByRole("button", { name: "Más opciones de envío" }).click();
    await page.getByRole("menuitem", { name: "Enviar más tarde" }).click();
    await page.locator("#later").getByRole("button", { name: "En una hora" }).click();
    await page.locator("#later").getByRole("button", { name: "Programar" }).click();
    await expect(card).toContainText(text);
  };
  await test.step("while another one is open", async () => {
    await plan("Turquesa mañana");
    await at(page).draft.fill("Aparte");
    const taking = await slow(page, "**/planned/*", "DELETE");
    await card.getByRole("button", { name: "Editar" }).click();
    await taking.asked();
    await openFromList(page, jorge.name);
    await taking.go();
    await openFromList(page, lucia.name);
    await expect(at(page).draft).toHaveValue("Turquesa mañana\nAparte");
  });
  await test.step("while a note is being written", async () => {
    await plan("Lapislázuli");
    await tab(page, "Nota interna").click();
    await page.keyboard.type("Ojo con ella");
    await card.getByRole("button", { name: "Editar" }).click();
    await expect(card).toHaveCount(0);
    await expect(page.locator("#composer")).not.toHaveClass(/is-note/);
    await expect(at(page).draft).toHaveValue("Lapislázuli");
    await tab(page, "Nota interna").click();
    await expect(at(page).draft).toHaveValue("Ojo con ella");
  });
});

test("a recording stays until it is sent: an upload that fails, a conversation left, a microphone nobody waits for", async ({ open, office, vendor }) => {
  const { page, customers: [lucia, jorge] } = await desk({ open, office, vendor }, 2);
  await openFromList(page, lucia.name);
  const recorder = page.locator(".recorder");
  const begin = () => page.getByRole("button", { name: "Grabar nota de voz" }).click();
  await test.step("left and come back to, it is there, and waits", async () => {
    await begin();
    await expect(recorder.locator("[data-time]")).toHaveText("0:01");
    await openFromList(page, jorge.name);
    await expect(recorder).toBeHidden();
    await row(page, lucia.name).click();
    await expect(recorder).toBeVisible();
  });
  await test.step("its upload fails, and is tried again", async () => {
    await page.route(/\/conversations\/.*\/files/, (route) => route.abort(), { times: 1 });
    await page.getByRole("button", { name: "Enviar nota de voz" }).click();
    await expect(page.locator("#composer-error")).toContainText("No se pudo subir");
    await expect(recorder).toBeVisible();
    await page.getByRole("button", { name: "Enviar nota de voz" }).click();
    await expect(recorder).toBeHidden();
    await expect(at(page).thread.locator(".msg.out [data-sound]")).toHaveCount(1);
  });
  await test.step("allowed too late, it hears nothing", async () => {
    await page.evaluate(() => {
      const { mediaDevices } = navigator;
      const ask = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = (what) => new Promise((done) => (globalThis.allow = async () => done((globalThis.heard = await ask(what)))));
    });
    await begin();
    await expect.poll(() => page.evaluate(() => Boolean(globalThis.allow))).toBe(true);
    await openFromList(page, jorge.name);
    await page.evaluate(() => globalThis.allow());
    await expect.poll(() => page.evaluate(() => globalThis.heard?.getTracks().every(({ readyState }) => readyState === "ended"))).toBe(true);
    await expect(recorder).toBeHidden();
  });
});

test("what is pasted: words of a table, and no file in a note; an offered draft stays with what it was offered for", async ({ open, office, vendor }) => {
  const { page, customers: [lucia] } = await desk({ open, office, vendor });
  await openFromList(page, lucia.name);
  const id = page.url().split("/").pop();
  const paste = (kinds) =>
    at(page).draft.evaluate((field, kinds) => {
      const clipboardData = new DataTransfer();
      for (const [kind, text] of Object.entries(kinds)) clipboardData.setData(kind, text);
      clipboardData.items.add(new File(["x"], "Celdas.png", { type: "image/png" }));
      return field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }, kinds);
  await test.step("cells come as words", async () => {
    expect(await paste({ "text/plain": "Rubí\t90", "text/html": "<table></table>" })).toBe(true);
    await expect(page.locator("#tray")).toBeHidden();
  });
  await test.step("a note takes no file, and says so", async () => {
    await tab(page, "Nota interna").click();
    expect(await paste({})).toBe(false);
    await expect(at(page).toast).toContainText("En una nota no van archivos");
    await tab(page, "Responder").click();
  });
  await test.step("what a colleague wrote is offered for the answer, not for the note", async () => {
    await office.atWork("mateo");
    await office.command("gabriela", "PUT", `/conversations/${id}/draft`, { note: "false", body: "Rubí de Gabriela", version: "0" });
    await page.reload();
    await live(page);
    const strip = page.locator("#draft-strip");
    await expect(strip).toContainText("Rubí de Gabriela");
    await tab(page, "Nota interna").click();
    await expect(strip).toBeHidden();
    await tab(page, "Responder").click();
    await expect(strip).toContainText("Rubí de Gabriela");
  });
});

test("sent and to be put aside, but left: told with the way back; one that the server can't take holds up nobody else", async ({ open, office, vendor }) => {
  const { page, customers: [lucia, jorge] } = await desk({ open, office, vendor }, 2);
  await openFromList(page, lucia.name);
  await test.step("the way back", async () => {
    const sending = await slow(page, "**/messages", "POST");
    await at(page).draft.fill("Espinela");
    await page.getByRole("button", { name: "Más opciones de envío" }).click();
    await page.getByRole("menuitem", { name: "Enviar y posponer" }).click();
    await sending.asked();
    await openFromList(page, jorge.name);
    await sending.go();
    await expect(at(page).toast).toContainText(`${lucia.name} no se pospuso`);
    await at(page).toast.getByRole("link", { name: "Abrir" }).click();
    await expect(page.locator("#thread-title")).toHaveText(lucia.name);
    await expect(at(page).draft).toBeFocused();
  });
  await test.step("others go on, and it may be given up", async () => {
    const id = page.url().split("/").pop();
    await page.route(`**/${id}/messages`, (route) => route.fulfill({ status: 500, body: "" }));
    await at(page).draft.fill("Malaquita");
    await at(page).draft.press("Enter");
    await expect(at(page).bubble("Malaquita")).toHaveClass(/pending/);
    await openFromList(page, jorge.name);
    await at(page).draft.fill("Ágata");
    await at(page).draft.press("Enter");
    await expect.poll(() => jorge.received()).toEqual(["Ágata"]);
    await openFromList(page, lucia.name);
    const discard = at(page).bubble("Malaquita").getByRole("button", { name: "Descartar" });
    await expect(async () => {
      await page.evaluate(() => dispatchEvent(new Event("online")));
      await expect(discard).toBeVisible({ timeout: 200 });
    }).toPass();
    await discard.click();
    await expect(at(page).bubble("Malaquita")).toHaveCount(0);
  });
  expect(await lucia.received()).toEqual(["Espinela"]);
});
