import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect, inject, test } from "vitest";
import { useBrowser } from "./stand/browser.ts";
import { listPages } from "./stand/list-pages.ts";
import { signIn } from "./stand/session.ts";

const { demo } = inject("stand");
const session = await signIn(demo);
const pages = await listPages(session);
const { open, expectComplaints } = useBrowser();

// `npm run screenshots` sets where the README's pictures lie.
const pictures = resolve(process.env["SCREENSHOTS"] || join(tmpdir(), "loudhailer-screenshots"));
mkdirSync(pictures, { recursive: true });

const screens = [
  { width: 1280, height: 860 },
  { width: 390, height: 800 },
];
/** The narrowest that anything has to fit. */
const narrowest = { width: 360, height: 740 };
/** What the colours alone can break. */
const rulesOfColours = ["color-contrast", "link-in-text-block"];

/** Until all is drawn: no skeletons, no motion, the fonts there. */
async function settle(page: Page): Promise<void> {
  await page.locator("h1").first().waitFor();
  await page.locator(".mantine-Skeleton-root").first().waitFor({ state: "detached" });
  await page.evaluate(() => document.fonts.ready);
}

async function findFaults(page: Page, rules?: string[]): Promise<string[]> {
  // Without frames to look into, which pages here don't have, it takes a third of the time.
  const builder = new AxeBuilder({ page }).setLegacyMode(true);
  const { violations } = await (rules ? builder.withRules(rules) : builder).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, impact, nodes }) => `${id} (${impact}): ${nodes.map(({ html }) => html).join(" ")}`,
    );
}

test.each(pages)(
  "$name: no serious finding of axe at two widths in light and dark, fits 360 px, no error in the console",
  async ({ name, path, isPublic }) => {
    // What is not there answers 404, which the console tells.
    if (name === "not-found") expectComplaints(/404 \(Not Found\)/);
    const page = await open(isPublic ? null : session, { colorScheme: "light" });
    await page.goto(path);
    const faults: string[] = [];
    for (const screen of screens) {
      const at = (found: string[], scheme: string) =>
        faults.push(...found.map((fault) => `${screen.width} px, ${scheme}: ${fault}`));
      await page.setViewportSize(screen);
      await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
      await settle(page);
      at(await findFaults(page), "light");
      const file = join(pictures, `${name}-${screen.width}.jpg`);
      await page.screenshot({ path: file, type: "jpeg", quality: 80 });
      await page.emulateMedia({ colorScheme: "dark" });
      await page.locator('html[data-mantine-color-scheme="dark"]').waitFor();
      at(await findFaults(page, rulesOfColours), "dark");
    }
    await page.setViewportSize(narrowest);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - window.innerWidth,
    );
    expect(faults).toEqual([]);
    expect(overflow, "px wider than the screen").toBeLessThanOrEqual(0);
  },
);
