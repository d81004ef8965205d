import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { ReadinessCheck } from "./health-routes.ts";
import { startMetricsServer } from "./metrics-server.ts";
import { createMetrics } from "./metrics.ts";
import { StartError } from "./start-error.ts";

const closes: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0)) await close();
});

async function start(checks: Record<string, ReadinessCheck>, port = 0) {
  const metrics = createMetrics("tester");
  const app = await startMetricsServer({
    metrics,
    checks,
    checkTimeoutMs: 100,
    host: "127.0.0.1",
    port,
    portVariable: "METRICS_PORT",
  });
  closes.push(() => app.close());
  const url = app.listeningOrigin;
  return { app, metrics, port: Number(new URL(url).port), url };
}

test("/readyz answers 503 when a check throws or hangs, and 200 when all pass", async () => {
  let failing = true;
  const { url } = await start({
    database: () => Promise.resolve(),
    queue: () => (failing ? new Promise(() => undefined) : Promise.resolve()),
    other: () => {
      if (failing) throw new Error("secret words");
      return Promise.resolve();
    },
  });
  const before = await fetch(`${url}/readyz`);
  expect(before.status).toBe(503);
  expect(await before.json()).toEqual({
    status: "not_ready",
    checks: { database: "ok", queue: "failing", other: "failing" },
  });
  failing = false;
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

test("/metrics shows Loudhailer's metrics and Node's, labeled with the service", async () => {
  const { url, metrics } = await start({});
  metrics
    .counter({ name: "things_total", help: "Things.", labels: ["outcome"] })
    .inc({ outcome: "ok" }, 3);
  metrics.gauge({ name: "depth", help: "Depth.", read: () => 7 });
  metrics.histogram({ name: "wait_seconds", help: "Wait.", buckets: [1, 2] }).observe(1.5);
  const response = await fetch(`${url}/metrics`);
  expect(response.headers.get("content-type")).toContain("text/plain");
  const text = await response.text();
  expect(text).toContain('loudhailer_things_total{outcome="ok",service="tester"} 3');
  expect(text).toContain('loudhailer_depth{service="tester"} 7');
  expect(text).toContain('loudhailer_wait_seconds_count{service="tester"} 1');
  expect(text).toContain("nodejs_eventloop_lag_seconds");
});

test("startMetricsServer rejects a port in use and names the port and its variable", async () => {
  const { port } = await start({});
  const second = start({}, port);
  await expect(second).rejects.toThrow(StartError);
  await expect(second).rejects.toThrow(
    `Port ${port} is in use by another program. Stop it, or set METRICS_PORT to a free port.`,
  );
});

test("the server closes without waiting for a scraper that connected but sent no request", async () => {
  const { port, url, app } = await start({});
  const unused = connect(port, "127.0.0.1").on("error", () => undefined);
  await once(unused, "connect");
  // The server accepts in order: once it answers this request, the earlier connection exists too.
  await fetch(`${url}/healthz`);
  await Promise.all([app.close(), once(unused, "close")]);
  expect(app.server.listening).toBe(false);
});
