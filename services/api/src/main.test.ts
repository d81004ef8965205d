import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { storeUrl } from "@loudhailer/testing/store-url.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { afterEach, expect, test, vi } from "vitest";

const { databaseUrl } = await useTestDatabase();
const redisUrl = await storeUrl("redis");
// Starting a process takes several seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });
const children: ReturnType<typeof spawn>[] = [];
afterEach(() => children.splice(0).forEach((child) => child.kill("SIGKILL")));

function start(environment: Record<string, string>) {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, [main], { env: { PATH, ...environment } });
  children.push(child);
  const output: string[] = [];
  child.stdout.on("data", (chunk) => output.push(String(chunk)));
  child.stderr.on("data", (chunk) => output.push(String(chunk)));
  const ended = once(child, "exit").then(([code]) => Number(code));
  return { child, ended, output: () => output.join("") };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address ? address.port : 0;
}

async function environmentFor(url: string): Promise<Record<string, string>> {
  return {
    DATABASE_URL: url,
    META_GRAPH_URL: "http://127.0.0.1:9",
    ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString("base64")}`,
    AUTH_SECRET: "0123456789abcdef0123456789abcdef",
    PUBLIC_URL: "http://127.0.0.1:3000",
    WEBHOOK_PUBLIC_URL: "http://127.0.0.1:4001",
    API_PORT: String(await freePort()),
    LISTEN_HOST: "127.0.0.1",
  };
}

test.each(["redis", "postgres"])(
  "the service becomes ready with its queue on %s and exits with 0 on SIGTERM while a client is connected",
  async (queue) => {
    const environment = await environmentFor(databaseUrl);
    if (queue === "redis") environment["REDIS_URL"] = redisUrl;
    const service = start(environment);
    const port = Number(environment["API_PORT"]);
    const isReady = async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status === 200;
    await eventually(isReady, { timeoutMs: 20_000 });
    const unused = connect(port, "127.0.0.1").on("error", () => undefined);
    await once(unused, "connect");
    // Connections are accepted in order: once this one is answered, the unused one is accepted too.
    await fetch(`http://127.0.0.1:${port}/healthz`, { headers: { connection: "close" } });
    service.child.kill("SIGTERM");
    expect(await service.ended).toBe(0);
    expect(service.output()).not.toMatch(/"level":"(warn|error|fatal)"/);
  },
);

test("the service names every missing environment variable at once and exits with 1", async () => {
  const service = start({});
  expect(await service.ended).toBe(1);
  for (const name of ["DATABASE_URL", "ENCRYPTION_KEYS", "AUTH_SECRET", "PUBLIC_URL"]) {
    expect(service.output()).toContain(`${name} is not set`);
  }
});

test("the service names the database without its password and exits with 1 when it doesn't answer", async () => {
  const url = "postgres://user:pass-word@127.0.0.1:9/loudhailer";
  const service = start(await environmentFor(url));
  expect(await service.ended).toBe(1);
  expect(service.output()).toContain("127.0.0.1:9 did not answer");
  expect(service.output()).not.toContain("pass-word");
});
