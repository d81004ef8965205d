import { resolveChromium } from "@loudhailer/local/chromium.ts";
import { chromium, type Browser } from "playwright-core";
import { importCsv } from "./audience/import-csv.ts";
import type { BenchOptions } from "./bench-options.ts";
import { loadPage, signIn, type PageLoad } from "./dashboard/measure-page.ts";
import { startDashboard } from "./dashboard/start-dashboard.ts";
import { round } from "./round.ts";

const contactsDefault = 1_000_000;
const loadsDefault = 10;
const largestPaintMsMax = 1_500;
const scriptKbMax = 200;
/** Ratio by which a thousand times the contacts may slow the page down. */
const slowerMax = 1.25;

/**
 * Measures first loads of the dashboard's pages in headless Chromium with an empty cache: the time
 * of the largest paint and the size of the JavaScript sent. Compares the contacts page before and
 * after the import of a million contacts.
 */
export async function benchDashboard({ recipients, runs }: BenchOptions): Promise<object> {
  const dashboard = await startDashboard();
  const browser = await chromium.launch({
    executablePath: resolveChromium(),
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  });
  try {
    const state = await signIn(browser, dashboard);
    const measure = (path: string) =>
      measurePage(browser, state, dashboard.dashboardUrl + path, runs ?? loadsDefault);
    const home = await measure("/");
    const broadcasts = await measure("/broadcasts");
    const few = await measure("/contacts");
    const contacts = recipients ?? contactsDefault;
    await importCsv({ url: dashboard.apiUrl, apiKey: dashboard.apiKey }, 0, contacts);
    const many = await measure("/contacts");
    const searched = await measure("/contacts?search=an");
    const tagged = await measure("/contacts?tag=vip");
    const ratio = round(many.largestPaintMs / few.largestPaintMs);
    const all = [home, broadcasts, few, many, searched, tagged];
    return {
      home,
      broadcasts,
      contacts: { few, many, searched, tagged, count: contacts, ratio },
      isWithin:
        broadcasts.scriptKb <= scriptKbMax &&
        all.every(({ largestPaintMs }) => largestPaintMs <= largestPaintMsMax) &&
        ratio <= slowerMax,
    };
  } finally {
    await browser.close();
    await dashboard.stop();
  }
}

async function measurePage(
  browser: Browser,
  state: Awaited<ReturnType<typeof signIn>>,
  url: string,
  loads: number,
): Promise<PageLoad> {
  const figures: PageLoad[] = [];
  // The first load meets a cold server and isn't counted.
  for (let load = 0; load <= loads; load += 1) figures.push(await loadPage(browser, state, url));
  const counted = figures.slice(1);
  const result = {
    largestPaintMs: Math.round(median(counted.map(({ largestPaintMs }) => largestPaintMs))),
    layoutShift: round(Math.max(...counted.map(({ layoutShift }) => layoutShift))),
    scriptKb: round(Math.max(...counted.map(({ scriptKb }) => scriptKb))),
  };
  console.error(JSON.stringify({ [new URL(url).pathname + new URL(url).search]: result }));
  return result;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Infinity;
}
