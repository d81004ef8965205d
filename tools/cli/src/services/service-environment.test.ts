import { afterEach, expect, test, vi } from "vitest";
import { serviceEnvironment } from "./service-environment.ts";

afterEach(() => vi.unstubAllEnvs());

const settings = {
  databaseUrl: "postgres://u:p@127.0.0.1/x",
  redisUrl: null,
  simulatorUrl: null,
  secrets: { authSecret: "a", encryptionKeys: "k", demoPassword: "p", demoApiKey: "d" },
  ports: { api: 1, webhook: 2, metrics: [3], dashboard: null },
  production: false,
};

test("PUBLIC_URL is the dashboard's address, or the API's when there is no dashboard", () => {
  vi.stubEnv("PUBLIC_URL", undefined);
  const ports = { ...settings.ports, dashboard: 4 };
  expect(serviceEnvironment({ ...settings, ports })["PUBLIC_URL"]).toBe("http://127.0.0.1:4");
  expect(serviceEnvironment(settings)["PUBLIC_URL"]).toBe("http://127.0.0.1:1");
});

test("LISTEN_HOST is 127.0.0.1 unless the environment sets it", () => {
  for (const [given, expected] of [
    [undefined, "127.0.0.1"],
    ["", "127.0.0.1"],
    ["0.0.0.0", "0.0.0.0"],
  ]) {
    vi.stubEnv("LISTEN_HOST", given);
    expect(serviceEnvironment(settings)["LISTEN_HOST"]).toBe(expected);
  }
});
