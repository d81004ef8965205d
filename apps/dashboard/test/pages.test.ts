import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect, inject, test } from "vitest";
import { useBrowser } from "../src/testing/browser.ts";
import { listPages } from "../src/testing/list-pages.ts";
import { signIn } from "../src/testing/session.ts";

const { demo } = inject("stand");
const session = await signIn(demo);
const pages = await listPages(session);
const { open, expectComplaints } = useBrowser();

// `npm run screenshots` sets the folder of the README's pictures.
const pictures = resolve(process.env["SCREENSHOTS"] || join(tmpdir(), "loudhailer-screenshots"));
mkdirSync(pictures, { recursive: true });

const screens = [
  { width: 1280, height: 860 },
  { width: 390, height: 800 },
];
/** Narrowest screen that every page must fit. */
const narrowest = { width: 360, height: 740 };
/** Axe rules that colors alone can break. */
const colorRules = ["color-contrast", "link-in-text-block"];

/** Waits until the page is drawn: no skeletons, and the fonts loaded. */
async function settle(page: Page): Promise<void> {
  await page.locator("h1").first().waitFor();
  await page.locator(".mantine-Skeleton-root").first().waitFor({ state: "detached" });
  await page.evaluate(() => document.fonts.ready);
}

async function findViolations(page: Page, rules?: string[]): Promise<string[]> {
  // Legacy mode skips frames, which these pages don't have, and takes a third of the time.
  const builder = new AxeBuilder({ page }).setLegacyMode(true);
  const { violations } = await (rules ? builder.withRules(rules) : builder).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, impact, nodes }) => `${id} (${impact}): ${nodes.map(({ html }) => html).join(" ")}`,
    );
}

test.each(pages)(
  "$name has no serious axe finding at two widths in light and dark, fits 360 px, and logs no error",
  async ({ name, path, isPublic }) => {
    // A missing resource answers 404, which the browser logs to the console.
    if (name === "not-found") expectComplaints(/404 \(Not Found\)/);
    const page = await open(isPublic ? null : session, { colorScheme: "light" });
    await page.goto(path);
    const violations: string[] = [];
    for (const screen of screens) {
      const at = (found: string[], scheme: string) =>
        violations.push(...found.map((violation) => `${screen.width} px, ${scheme}: ${violation}`));
      await page.setViewportSize(screen);
      await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
      await settle(page);
      at(await findViolations(page), "light");
      const file = join(pictures, `${name}-${screen.width}.jpg`);
      await page.screenshot({ path: file, type: "jpeg", quality: 80 });
      await page.emulateMedia({ colorScheme: "dark" });
      await page.locator('html[data-mantine-color-scheme="dark"]').waitFor();
      at(await findViolations(page, colorRules), "dark");
    }
    await page.setViewportSize(narrowest);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - window.innerWidth,
    );
    expect(violations).toEqual([]);
    expect(overflow, "px wider than the screen").toBeLessThanOrEqual(0);
  },
);
