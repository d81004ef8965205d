import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "@loudhailer/local/embedded-postgres.ts";
import { isRunning } from "@loudhailer/local/running-process.ts";
import type { RunningServer } from "@loudhailer/local/running-server.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { Client } from "pg";
import { afterAll, expect, test } from "vitest";
import { keepRunning } from "./keep-running.ts";

const scratch = mkdtempSync(join(tmpdir(), "loudhailer-keep-"));
chmodSync(scratch, 0o755);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Starts a kept PostgreSQL. Returns it with all its servers and the lines that were printed. */
async function startKept(name: string) {
  const options = { dataDir: join(scratch, name), persistent: true };
  const first = await startEmbeddedPostgres(options);
  const servers: RunningServer[] = [first];
  const said: string[] = [];
  let restarts = 0;
  const kept = keepRunning({
    name: "PostgreSQL",
    logFile: `${options.dataDir}.log`,
    server: first,
    restart: async () => {
      restarts++;
      const server = await startEmbeddedPostgres({ ...options, port: first.port });
      servers.push(server);
      return server;
    },
    say: (line) => said.push(line),
  });
  return { kept, first, servers, said, restarts: () => restarts };
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

test("a killed PostgreSQL restarts on its port with its data and prints one line", async () => {
  const { kept, first, servers, said } = await startKept("killed");
  await query(first.url, "CREATE TABLE kept AS SELECT 1 AS one");
  process.kill(first.pid, "SIGKILL");
  const second = await eventually(() => servers[1] ?? false, { timeoutMs: 20_000 });
  expect(second.url).toBe(first.url);
  expect(await query(first.url, "SELECT one FROM kept")).toEqual([{ one: 1 }]);
  expect(said).toEqual(["PostgreSQL ended; starting it again"]);
  await kept.stop(10_000);
  expect(isRunning(second.pid)).toBe(false);
}, 60_000);

test("a server that is stopped during a restart stays stopped", async () => {
  const { kept, first, servers, restarts } = await startKept("stopped");
  process.kill(first.pid, "SIGKILL");
  await eventually(() => restarts() > 0, { timeoutMs: 20_000 });
  await kept.stop(10_000);
  expect(servers.map(({ pid }) => pid).filter(isRunning)).toEqual([]);
}, 60_000);
