// Looking at a page in every theme and size: usable with assistive technology, no sideways scroll.
// SHOTS=1 leaves pictures of them all in test-results/shots.
import { expect, test } from "@playwright/test";
import axe from "axe-core";

export const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
// A theme is colours alone: in the second one what depends on them is looked at.
const COLOURS = ["color-contrast", "link-in-text-block"];

/** What is wrong with a page as it is, or with a part of it; by all rules, or by some. */
export async function flaws(page, { scope = null, rules = null, without = null } = {}) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  return page.evaluate(
    async ([scope, rules, without]) => {
      const context = { include: [scope ?? "html"], ...(without && { exclude: [without] }) };
      const options = { resultTypes: ["violations"], ...(rules && { runOnly: rules }) };
      const { violations } = await window.axe.run(context, options);
      return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
    },
    [scope, rules, without],
  );
}

/** Look at a page in every theme and size. */
export async function inspect(page, name, { sizes = SIZES, scope = null, ready = null } = {}) {
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ["light", "dark"]) {
      await test.step(`${name}, ${size}, ${colorScheme}`, async () => {
        // Colours that are still changing have a contrast of their own.
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        if (ready) await ready(page);
        const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect.soft(sideways, "no sideways scroll").toBeLessThanOrEqual(0);
        const rules = colorScheme === "light" ? null : COLOURS;
        expect.soft(await flaws(page, { scope, rules }), "no violation").toEqual([]);
        if (process.env.SHOTS) await page.screenshot({ path: `test-results/shots/${name}-${size}-${colorScheme}.png` });
      });
    }
  }
}
