import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject } from "vitest";
import type { Session } from "./session.ts";

const stand = inject("stand");

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** How a page is looked at. */
export interface View {
  width: number;
  height: number;
  colorScheme: "light" | "dark";
}

const laptop: View = { width: 1280, height: 860, colorScheme: "light" };

/**
 * A Chromium for the tests of a file. After each test its pages are closed, and the test fails if
 * any of them called another host, threw, or wrote an error to the console that was not `expected`.
 */
export function useBrowser() {
  let browser: Browser;
  const contexts: BrowserContext[] = [];
  const complaints: string[] = [];
  let expected: RegExp[] = [];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: stand.chromium, args: flags });
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    const surprises = complaints
      .splice(0)
      .filter((complaint) => !expected.some((pattern) => pattern.test(complaint)));
    expected = [];
    expect(surprises).toEqual([]);
  });

  return {
    /** Says which complaints belong to what this test shows, such as a refused request. */
    expectComplaints: (...patterns: RegExp[]) => {
      expected = patterns;
    },
    /** A window of its own, signed in as `session` or as nobody. */
    open: async (session: Session | null, view: Partial<View> = {}): Promise<Page> => {
      const { width, height, colorScheme } = { ...laptop, ...view };
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme,
        baseURL: stand.dashboardUrl,
        locale: "en-GB",
        timezoneId: "Europe/Berlin",
      });
      contexts.push(context);
      await context.addCookies([
        { name: "time-zone", value: "Europe%2FBerlin", url: stand.dashboardUrl },
        ...cookiesOf(session),
      ]);
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      watch(page, complaints);
      return page;
    },
  };
}

function cookiesOf(session: Session | null) {
  if (session === null) return [];
  return session.cookie.split("; ").map((pair) => {
    const [name = "", ...value] = pair.split("=");
    return { name, value: value.join("="), url: stand.dashboardUrl };
  });
}

function watch(page: Page, complaints: string[]): void {
  page.on("pageerror", (error) => complaints.push(`thrown: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") {
      complaints.push(`console: ${message.text()} (${message.location().url})`);
    }
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.origin !== stand.dashboardUrl) {
      complaints.push(`another host: ${url.origin}`);
    }
  });
}
