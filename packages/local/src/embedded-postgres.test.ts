import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, expect, test } from "vitest";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";
import { isRunning, waitUntilGone } from "./running-process.ts";

const scratch = mkdtempSync(join(tmpdir(), "loudhailer-local-"));
chmodSync(scratch, 0o755);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/**
 * Starts a server in another process that never stops it. Resolves to that process and the server.
 */
async function startInProcess(dataDir: string) {
  const module = new URL("./embedded-postgres.ts", import.meta.url).href;
  const script = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(module)});
    const { url, pid } = await startEmbeddedPostgres(${JSON.stringify({ dataDir, persistent: true })});
    console.log(JSON.stringify({ url, pid }));
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const chunk of owner.stdout) {
    const server: { url: string; pid: number } = JSON.parse(String(chunk));
    return { owner, server };
  }
  throw new Error("the process ended without starting a server");
}

test("a persistent server keeps its data across a restart", async () => {
  const dataDir = join(scratch, "kept");
  const first = await startEmbeddedPostgres({ dataDir, persistent: true });
  await query(first.url, "CREATE TABLE kept AS SELECT 'ÉŁÄ' AS text");
  await first.stop();
  expect(isRunning(first.pid)).toBe(false);

  const second = await startEmbeddedPostgres({ dataDir, persistent: true });
  const rows = await query(
    second.url,
    `SELECT lower(text), 'Z' < 'a' AS code_point_order,
       current_setting('fsync') AS fsync, current_setting('server_encoding') AS encoding FROM kept`,
  );
  expect(rows).toEqual([{ lower: "éłä", code_point_order: true, fsync: "on", encoding: "UTF8" }]);
  expect(statSync(`${dataDir}.password`).mode & 0o077).toBe(0);
  await second.stop();
});

test("a server that isn't persistent deletes its files when it stops", async () => {
  const dataDir = join(scratch, "gone");
  const server = await startEmbeddedPostgres({ dataDir, persistent: false });
  expect(await query(server.url, "SELECT current_setting('fsync') AS fsync")).toEqual([
    { fsync: "off" },
  ]);
  await server.stop();
  expect([dataDir, `${dataDir}.password`, `${dataDir}.log`].filter(existsSync)).toEqual([]);
});

test("a server stops when the process that started it is SIGKILLed", async () => {
  const { owner, server } = await startInProcess(join(scratch, "orphan"));
  owner.kill("SIGKILL");
  expect(await waitUntilGone(server.pid, 10_000)).toBe(true);
});

test("a start stops a server left running on the same data and keeps the data", async () => {
  const dataDir = join(scratch, "taken-over");
  const { owner, server } = await startInProcess(dataDir);
  await query(server.url, "CREATE TABLE theirs ()");
  const next = await startEmbeddedPostgres({ dataDir, persistent: true });
  expect(isRunning(server.pid)).toBe(false);
  await query(next.url, "SELECT FROM theirs");
  await next.stop();
  owner.kill("SIGKILL");
});

test("a start stops no other program when postmaster.pid holds a reused process id", async () => {
  const dataDir = join(scratch, "stale");
  await (await startEmbeddedPostgres({ dataDir, persistent: true })).stop();
  writeFileSync(join(dataDir, "postmaster.pid"), `${process.pid}\n`);
  const server = await startEmbeddedPostgres({ dataDir, persistent: true });
  expect(readFileSync(join(dataDir, "postmaster.pid"), "utf8")).toMatch(`${server.pid}\n`);
  await server.stop();
});

test("a start rejects data of another major version and names both versions", async () => {
  const dataDir = join(scratch, "old");
  mkdirSync(dataDir);
  writeFileSync(join(dataDir, "PG_VERSION"), "14\n");
  await expect(startEmbeddedPostgres({ dataDir, persistent: true })).rejects.toThrow(
    /holds data of PostgreSQL 14, this is PostgreSQL 18/,
  );
});

test("a start rejects data whose password file was lost", async () => {
  const dataDir = join(scratch, "locked");
  await (await startEmbeddedPostgres({ dataDir, persistent: true })).stop();
  rmSync(`${dataDir}.password`);
  await expect(startEmbeddedPostgres({ dataDir, persistent: true })).rejects.toThrow(
    /was made with another password/,
  );
});

test.runIf(process.getuid?.() === 0)(
  "a start as root puts the data in a reachable folder when other users can't open its parent",
  async () => {
    const closed = join(scratch, "closed");
    mkdirSync(closed, { mode: 0o700 });
    const dataDir = join(closed, "postgres");
    const first = await startEmbeddedPostgres({ dataDir, persistent: true });
    await query(first.url, "CREATE TABLE kept ()");
    await first.stop();
    const second = await startEmbeddedPostgres({ dataDir, persistent: true });
    await query(second.url, "SELECT FROM kept");
    await second.stop();

    rmSync(closed, { recursive: true });
    mkdirSync(closed, { mode: 0o700 });
    const recreated = await startEmbeddedPostgres({ dataDir, persistent: true });
    expect(await query(recreated.url, "SELECT to_regclass('kept') AS kept")).toEqual([
      { kept: null },
    ]);
    await recreated.stop();
    rmSync(realpathSync(dataDir), { recursive: true });
  },
);
