import type { Browser, BrowserContext, Page } from "playwright-core";

type StorageState = Awaited<ReturnType<BrowserContext["storageState"]>>;

/** Figures of one first load of a page with an empty browser cache. */
export interface PageLoad {
  /** Milliseconds from the start of the navigation to the largest paint. */
  largestPaintMs: number;
  /** Sum of all layout shifts: at least web.dev's cumulative layout shift (CLS). */
  layoutShift: number;
  scriptKb: number;
}

/** Signs in. Returns the cookies and storage that hold the session. */
export async function signIn(
  browser: Browser,
  { dashboardUrl, email, password }: { dashboardUrl: string; email: string; password: string },
): Promise<StorageState> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${dashboardUrl}/sign-in`);
  await page.fill("input[type=email]", email);
  await page.fill("input[type=password]", password);
  await page.click("button[type=submit]");
  await page.waitForURL(`${dashboardUrl}/`);
  const state = await context.storageState();
  await context.close();
  return state;
}

/** Opens the page in a new context. Returns the browser's own measurements. */
export async function loadPage(
  browser: Browser,
  storageState: StorageState,
  url: string,
): Promise<PageLoad> {
  const context = await browser.newContext({
    storageState,
    viewport: { width: 1280, height: 860 },
  });
  try {
    const page = await context.newPage();
    const scripts = await countScripts(page);
    await page.goto(url, { waitUntil: "networkidle" });
    const { largestPaintMs, layoutShift } = await page.evaluate<{
      largestPaintMs: number;
      layoutShift: number;
    }>(readPaints);
    return { largestPaintMs, layoutShift, scriptKb: scripts() / 1_000 };
  } finally {
    await context.close();
  }
}

async function countScripts(page: Page): Promise<() => number> {
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  const ids = new Set<string>();
  let bytes = 0;
  network.on("Network.responseReceived", ({ requestId, type }) => {
    if (type === "Script") ids.add(requestId);
  });
  network.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (ids.has(requestId)) bytes += encodedDataLength;
  });
  return () => bytes;
}

/** Script that runs in the page. It is text because this program has no types for browsers. */
const readPaints = `Promise.all(
  ["largest-contentful-paint", "layout-shift"].map(
    (type) =>
      new Promise((resolve) => {
        const found = [];
        const observer = new PerformanceObserver((list) => found.push(...list.getEntries()));
        observer.observe({ type, buffered: true });
        setTimeout(() => resolve(found), 300);
      }),
  ),
).then(([paints, shifts]) => ({
  largestPaintMs: paints.at(-1)?.startTime ?? Infinity,
  layoutShift: shifts.reduce((sum, shift) => sum + shift.value, 0),
}))`;
