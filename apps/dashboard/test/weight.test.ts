import { expect, inject, test } from "vitest";
import { useBrowser } from "../src/testing/browser.ts";
import { signIn } from "../src/testing/session.ts";

const { demo } = inject("stand");
const { open } = useBrowser();
const kilobytesMax = 200;

test(`the first load of the broadcast list transfers at most ${kilobytesMax} kB of JavaScript`, async () => {
  const page = await open(await signIn(demo));
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  const scripts = new Set<string>();
  let bytes = 0;
  network.on("Network.responseReceived", ({ requestId, type }) => {
    if (type === "Script") scripts.add(requestId);
  });
  network.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength;
  });
  await page.goto("/broadcasts");
  await page.getByRole("heading", { name: "Broadcasts" }).waitFor();
  await page.waitForLoadState("networkidle");
  expect(scripts.size).toBeGreaterThan(3);
  expect(bytes / 1000).toBeLessThanOrEqual(kilobytesMax);
});
