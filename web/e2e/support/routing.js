// An admin changes how conversations are routed, and afterwards the house is routed as before.
import { test as base, expect } from "./house.js";

export { expect };

export const test = base.extend({
  /** The admin's page of settings. What a story published is taken back at its end. */
  routing: async ({ open }, use) => {
    const routing = new Routing(await open("admin", "/admin/routing"));
    await routing.begin();
    await use(routing);
    await routing.rollBack(routing.first);
  },
});

class Routing {
  constructor(page) {
    this.page = page;
    page.on("dialog", (dialog) => dialog.accept());
  }

  /** Nothing is in the draft, and what holds now is there to come back to. */
  async begin() {
    await this.discard();
    this.first = await this.version();
  }

  /** Throw the draft away, if there is one. */
  async discard() {
    const button = this.page.getByRole("button", { name: "Descartar" });
    if (!(await button.count())) return;
    await button.click();
    await expect(this.page.getByRole("status")).toContainText("Borrador descartado");
  }

  /** Open the form of a queue. */
  async form(queue) {
    await this.page.goto("/admin/routing/queues");
    await this.page.getByRole("link", { name: queue }).click();
    await expect(this.page.getByRole("heading", { level: 1 })).toHaveText(queue);
  }

  async fill(fields) {
    for (const [name, value] of Object.entries(fields)) {
      const field = this.page.locator(`form.rt-form [name="${name}"]`);
      if (await field.evaluate((element) => element.tagName === "SELECT")) {
        await field.selectOption(value ? { label: value } : "");
      } else if (typeof value === "boolean") await field.setChecked(value);
      else await field.fill(value);
    }
  }

  async save() {
    await this.page.locator(".rt-save").getByRole("button").click();
    await expect(this.page.getByRole("status")).toContainText("Guardado en el borrador");
  }

  /** Change a queue in the draft. */
  async queue(name, fields) {
    await this.form(name);
    await this.fill(fields);
    await this.save();
  }

  /** A rule of entry: words in the first message lead to a queue. */
  async rule(name, fields) {
    await this.page.goto("/admin/routing/rules");
    await this.page.getByRole("link", { name: "Nueva regla" }).click();
    await this.fill({ name, ...fields });
    await this.page.locator('form.rt-form [name="on"]').check();
    await this.save();
  }

  async publish(note = "") {
    await this.page.locator('.rt-publish [name="note"]').fill(note);
    await this.page.locator(".rt-publish").getByRole("button").click();
    await expect(this.page.getByRole("status")).toContainText("Publicado");
  }

  /** The number of what holds. */
  async version() {
    await this.page.goto("/admin/routing");
    const words = await this.page.locator(".rt-versions li", { hasText: "Vigente" }).locator("b").first().textContent();
    return Number(words.match(/\d+/)[0]);
  }

  async rollBack(version) {
    await this.page.goto("/admin/routing");
    const line = this.page.locator(".rt-versions li").filter({ has: this.page.getByText(`Versión ${version}`, { exact: true }) });
    await expect(line).toHaveCount(1);
    const back = line.getByRole("button", { name: "Volver a esta" });
    // It holds already: then only a draft is in the way.
    if (!(await back.count())) return this.discard();
    await back.click();
    await expect(this.page.getByRole("status")).toContainText("Ya rige");
  }
}
