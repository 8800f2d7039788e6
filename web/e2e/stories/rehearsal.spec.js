// Before the draft is published, the supervisor plays a day under it and sees what it does to the waits.
import { expect, test } from "../support/house.js";

test("a supervisor compares the draft with what holds, and only the admin publishes", async ({ open }) => {
  const admin = await open("admin", "/admin/routing/agents");
  const gabriela = await open("gabriela", "/admin/routing");
  try {
    // Valeria would take one conversation at a time.
    await admin.getByRole("link", { name: "Valeria Quispe" }).click();
    await admin.getByRole("spinbutton", { name: /^Capacidad/ }).fill("1");
    await admin.getByRole("button", { name: "Guardar en el borrador" }).click();
    await expect(admin.getByRole("link", { name: "Ensayar antes de publicar" })).toBeVisible();

    await gabriela.reload();
    await expect(gabriela.getByRole("button", { name: "Publicar" })).toHaveCount(0);
    await gabriela.getByRole("link", { name: "Ensayar antes de publicar" }).click();
    await gabriela.getByRole("combobox", { name: "Día", exact: true }).selectOption("made");
    await expect(gabriela.getByLabel("Desde")).toBeHidden();
    await gabriela.getByLabel("Conversaciones por hora").fill("180");
    await gabriela.getByRole("button", { name: "Ensayar", exact: true }).click();

    const result = gabriela.locator("#result");
    await expect(result).toBeInViewport();
    await expect(result).toContainText("Con «Borrador», la espera media sube de");
    const mean = result.getByRole("row", { name: /^Espera media/ });
    await expect(mean.getByRole("cell")).toHaveText([/^\d+:\d\d$/, /^\d+:\d\d$/, /^\+.+ · peor$/]);
    await expect(result.getByRole("row", { name: /^Valeria Quispe/ })).toBeVisible();
    await expect(gabriela.getByLabel("Conversaciones por hora")).toHaveValue("180");

    // A day with nobody in it says so, and keeps what was chosen.
    await gabriela.getByRole("combobox", { name: "Día", exact: true }).selectOption("past");
    await gabriela.getByLabel("Desde").fill("2020-02-02");
    await gabriela.getByRole("button", { name: "Ensayar", exact: true }).click();
    await expect(gabriela.locator(".notice.bad")).toContainText("no entró ninguna conversación");
    await expect(gabriela.getByLabel("Desde")).toHaveValue("2020-02-02");
  } finally {
    // Whatever happened, other stories find no draft.
    await admin.goto("/admin/routing");
    const discard = admin.getByRole("button", { name: "Descartar" });
    if (await discard.count()) {
      admin.once("dialog", (dialog) => dialog.accept());
      await discard.click();
      await expect(discard).toHaveCount(0);
    }
  }
});
