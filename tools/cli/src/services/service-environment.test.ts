import { afterEach, expect, test, vi } from "vitest";

import { serviceEnvironment } from "./service-environment.ts";

afterEach(() => vi.unstubAllEnvs());

const settings = {
  databaseUrl: "postgres://u:p@127.0.0.1/x",
  redisUrl: null,
  simulatorUrl: null,
  secrets: { authSecret: "a", encryptionKeys: "k", demoPassword: "p", demoApiKey: "d" },
  ports: { api: 1, webhook: 2, metrics: [3] },
  production: false,
};

test("services listen to this machine alone unless the environment says where", () => {
  for (const [given, expected] of [
    [undefined, "127.0.0.1"],
    ["", "127.0.0.1"],
    ["0.0.0.0", "0.0.0.0"],
  ]) {
    vi.stubEnv("LISTEN_HOST", given);
    expect(serviceEnvironment(settings)["LISTEN_HOST"]).toBe(expected);
  }
});
