import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installRedisServer } from "@loudhailer/local/install-redis-server.ts";
import { findRedisServer, startRedisServer } from "@loudhailer/local/redis-server.ts";
import type { TestServer } from "./resolve-postgres.ts";
import { startContainer } from "./start-container.ts";

/**
 * Redis for the tests: the given one, else a container where Docker answers, else redis-server or
 * valkey-server on PATH, else the one that Debian's package manager installs for root.
 * @throws Error with the remedy when there is none: tests that need Redis are never skipped
 */
export async function resolveRedis(): Promise<TestServer> {
  const given = process.env["TEST_REDIS_URL"] ?? process.env["REDIS_URL"];
  if (given) return { from: "the given URL", url: given, stop: async () => {} };

  const container = await startContainer({
    image: "redis:8-alpine",
    port: 6379,
    command: ["redis-server", "--save", "", "--maxmemory-policy", "noeviction"],
    readyLog: { pattern: /Ready to accept connections/, times: 1 },
  });
  if (container) {
    const url = `redis://${container.host}:${container.port}`;
    return { from: "a container", url, stop: container.stop };
  }

  const program = findRedisServer() ?? installRedisServer();
  const dir = mkdtempSync(join(tmpdir(), "loudhailer-test-redis-"));
  const server = await startRedisServer({ dir, persistent: false });
  return { from: program, url: server.url, stop: server.stop };
}
