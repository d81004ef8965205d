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

/** Screen size and color scheme of a page. */
export interface View {
  width: number;
  height: number;
  colorScheme: "light" | "dark";
}

const laptop: View = { width: 1280, height: 860, colorScheme: "light" };

/**
 * Starts a Chromium for the tests of a file. After each test it closes the pages, and fails the
 * test if a page called another host, threw, or logged an error or warning that wasn't `expected`.
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
    /** Sets the errors that this test causes on purpose, such as a refused request. */
    expectComplaints: (...patterns: RegExp[]) => {
      expected = patterns;
    },
    /** Opens a page in its own browser context, signed in as `session` unless it is null. */
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
