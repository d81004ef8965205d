import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installRedisServer } from "@loudhailer/local/install-redis-server.ts";
import { findRedisServer, startRedisServer } from "@loudhailer/local/redis-server.ts";
import type { TestServer } from "./resolve-postgres.ts";
import { startContainer } from "./start-container.ts";

/**
 * Returns a Redis for the tests: the server of TEST_REDIS_URL or REDIS_URL, or else a container if
 * Docker answers, or else redis-server or valkey-server on PATH, or else Debian's package, which it
 * installs as root. Tests that need Redis are never skipped.
 * @throws Error with instructions if no server is found and none can be installed
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
