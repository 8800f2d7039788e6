import { at, expect, live, openFromList, test } from "../support/house.js";
import { flaws } from "../support/inspect.js";

async function desk({ open, office, vendor }, person = "valeria") {
  await office.atWork(person);
  const page = await open(person);
  const customer = vendor.customer();
  await customer.write("Hola");
  await openFromList(page, customer.name);
  return { page, customer };
}

async function send(page, text) {
  await at(page).draft.fill(text);
  await at(page).draft.press("Enter");
}

test("an answer that was refused says why, in words", async ({ open, office, vendor }) => {
  const { page } = await desk({ open, office, vendor });
  await vendor.faults({ fail_delivery_code: 131026 });
  await send(page, "Su cita está confirmada");
  const failed = at(page).bubble("Su cita está confirmada");
  await expect(failed.locator(".msg-err")).toContainText(
    "No se puede entregar: el número no tiene WhatsApp o no recibe mensajes.",
  );
  await expect(failed).toHaveClass(/failed/);
  await expect(failed.locator(".m")).toContainText("No enviado");
  expect(await flaws(page, { scope: "#thread-pane" })).toEqual([]);
});

test("an answer nobody can vouch for is unconfirmed and goes out again only when asked", async ({ open, office, vendor }) => {
  const { page, customer } = await desk({ open, office, vendor });
  await vendor.faults({ timeout_after_accept: 1, lose_status: 1 });
  await send(page, "¿Le queda bien a las 5?");
  await expect.poll(() => customer.received()).toEqual(["¿Le queda bien a las 5?"]);
  const bubble = at(page).bubble("¿Le queda bien a las 5?");
  await expect(bubble.locator(".m")).toContainText("Enviando");
  // The vendor is given time to answer.
  await expect(bubble.locator(".msg-err")).toContainText("Sin confirmar: puede que haya llegado.", { timeout: 45_000 });
  expect(await flaws(page, { scope: "#thread-pane" })).toEqual([]);
  expect(await customer.received()).toHaveLength(1);

  await vendor.faults({});
  await bubble.getByRole("button", { name: "Enviar otra vez" }).click();
  await expect.poll(() => customer.received()).toHaveLength(2);
  await expect(bubble.locator(".m")).toContainText(/Enviado|Entregado|Leído/);
  await expect(bubble.locator(".msg-err")).toHaveCount(0);
});

test("what is written without a connection is sent once and in order when it is back", async ({ open, office, vendor }) => {
  const { page, customer } = await desk({ open, office, vendor });
  const texts = ["Uno", "Dos", "Tres", "Cuatro"];
  await page.context().setOffline(true);
  for (const text of texts) await send(page, text);
  const pending = at(page).thread.locator(".msg.pending");
  await expect(pending).toHaveCount(4);
  expect(await flaws(page), "four wait, without a connection").toEqual([]);
  await expect(at(page).draft).toHaveValue("");
  expect(await customer.received()).toEqual([]);
  await page.context().setOffline(false);
  await expect.poll(() => customer.received(), { timeout: 30_000 }).toEqual(texts);
  await expect(pending).toHaveCount(0);
  await expect(at(page).thread.locator(".msg.out .txt")).toHaveText(texts);
  await live(page);
});

test("an answer whose reply was lost on the way back is not doubled", async ({ open, office, vendor }) => {
  const { page, customer } = await desk({ open, office, vendor });
  let lost = 0;
  await page.route("**/messages", async (route) => {
    await route.fetch();
    lost += 1;
    if (lost === 1) await route.abort("connectionreset");
    else await route.continue();
  });
  await send(page, "¿Le llegó?");
  await expect(at(page).bubble("¿Le llegó?").locator(".m")).toContainText(/Enviado|Entregado|Leído/);
  await expect.poll(() => lost, { timeout: 20_000 }).toBeGreaterThan(1);
  await expect(at(page).bubble("¿Le llegó?")).toHaveCount(1);
  expect(await customer.received()).toEqual(["¿Le llegó?"]);
});
