// Looking at a page in every theme and size: usable with assistive technology, no sideways scroll.
// SHOTS=1 leaves pictures of them all in test-results/shots.
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";

export const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

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
        const axe = new AxeBuilder({ page }).setLegacyMode();
        const { violations } = await (scope ? axe.include(scope) : axe).analyze();
        const told = violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
        expect.soft(told, "no violation").toEqual([]);
        if (process.env.SHOTS) await page.screenshot({ path: `test-results/shots/${name}-${size}-${colorScheme}.png` });
      });
    }
  }
}
