import { once } from "node:events";
import { createServer } from "node:net";
import { findFreePort } from "@loudhailer/local/free-port.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { choosePorts } from "./choose-ports.ts";

const takenPort = await findFreePort();
const taken = createServer();
beforeAll(async () => {
  taken.listen(takenPort, "127.0.0.1");
  await once(taken, "listening");
});
afterAll(() => taken.close());

const anyFree = { API_PORT: "0", WEBHOOK_PORT: "0", DASHBOARD_PORT: "0", METRICS_PORT: "0" };
const one = { replicas: 1, dashboard: true };

test("choosePorts rejects a port in use and names the port and its variable", async () => {
  for (const variable of Object.keys(anyFree)) {
    await expect(choosePorts(one, { ...anyFree, [variable]: String(takenPort) })).rejects.toThrow(
      `Port ${takenPort} is in use: stop what uses it, or set ${variable} to another port`,
    );
  }
});

test("choosePorts picks a free port for each service and dispatcher when the variable is 0", async () => {
  const { api, webhook, metrics, dashboard } = await choosePorts({ ...one, replicas: 3 }, anyFree);
  const ports = [api, webhook, dashboard ?? 0, ...metrics];
  expect(ports).toHaveLength(6);
  expect(ports.every((port) => port > 0)).toBe(true);
});

test("choosePorts ignores a dashboard port in use when the dashboard is disabled", async () => {
  const env = { ...anyFree, DASHBOARD_PORT: String(takenPort) };
  expect(await choosePorts({ ...one, dashboard: false }, env)).toMatchObject({ dashboard: null });
});

test("choosePorts rejects an invalid port and names its variable", async () => {
  for (const value of ["x", "-1", "65536", "1.5"]) {
    await expect(choosePorts(one, { ...anyFree, API_PORT: value })).rejects.toThrow(
      /^API_PORT must/,
    );
  }
});

test("choosePorts rejects one port for two services and names both variables", async () => {
  const port = await findFreePort();
  await expect(
    choosePorts(one, { ...anyFree, API_PORT: "4001", WEBHOOK_PORT: "" }),
  ).rejects.toThrow(
    "Port 4001 is wanted twice, by API_PORT and by WEBHOOK_PORT: set one of them to another port",
  );
  const counted = { ...anyFree, WEBHOOK_PORT: String(port), METRICS_PORT: String(port - 1) };
  await expect(choosePorts({ ...one, replicas: 2 }, counted)).rejects.toThrow(
    `Port ${port} is wanted twice, by WEBHOOK_PORT and by METRICS_PORT (which counts up`,
  );
});
