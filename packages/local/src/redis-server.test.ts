import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { startRedisServer } from "./redis-server.ts";
import { isRunning } from "./running-process.ts";

const scratch = mkdtempSync(join(tmpdir(), "loudhailer-local-redis-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Sends one inline command and resolves to the first reply. */
function ask(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(`${command}\r\n`));
    socket.once("data", (data) => {
      resolve(data.toString());
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

test("a persistent server keeps its data across a restart and evicts nothing", async () => {
  const dir = join(scratch, "kept");
  const first = await startRedisServer({ dir, persistent: true });
  expect(await ask(first.port, "SET key value")).toBe("+OK\r\n");
  await first.stop();
  const second = await startRedisServer({ dir, persistent: true });
  expect(await ask(second.port, "GET key")).toContain("value");
  expect(await ask(second.port, "CONFIG GET maxmemory-policy")).toContain("noeviction");
  await second.stop();
});

test("a start stops a server left running on the same folder", async () => {
  const dir = join(scratch, "left");
  const left = await startRedisServer({ dir, persistent: true });
  const next = await startRedisServer({ dir, persistent: true });
  expect(isRunning(left.pid)).toBe(false);
  expect(await ask(next.port, "PING")).toBe("+PONG\r\n");
  await next.stop();
});

test("a server that isn't persistent deletes its folder when it stops", async () => {
  const dir = join(scratch, "gone");
  const server = await startRedisServer({ dir, persistent: false });
  await server.stop();
  expect(existsSync(dir)).toBe(false);
  expect(isRunning(server.pid)).toBe(false);
});
