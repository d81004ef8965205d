import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "@loudhailer/local/embedded-postgres.ts";
import { localPostgresBinaries } from "@loudhailer/local/postgres-binaries.ts";
import { startPostgres } from "@loudhailer/local/start-postgres.ts";
import { startContainer } from "./start-container.ts";

/** A server for the tests: its origin, its URL, and a function that stops it. */
export interface TestServer {
  from: string;
  url: string;
  stop(): Promise<void>;
}

/**
 * Returns a PostgreSQL for the tests: the server of TEST_DATABASE_URL or DATABASE_URL, or else a
 * container if Docker answers, or else the server on PATH, or else the embedded server.
 * @throws Error if the embedded server isn't installed or doesn't start
 */
export async function resolvePostgres(): Promise<TestServer> {
  const given = process.env["TEST_DATABASE_URL"] ?? process.env["DATABASE_URL"];
  if (given) return { from: "the given URL", url: given, stop: async () => {} };

  const password = "test";
  const container = await startContainer({
    image: "postgres:18-alpine",
    port: 5432,
    environment: { POSTGRES_PASSWORD: password },
    command: ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "max_connections=300"],
    readyLog: { pattern: /database system is ready to accept connections/, times: 2 },
  });
  if (container) {
    const url = `postgres://postgres:${password}@${container.host}:${container.port}/postgres`;
    return { from: "a container", url, stop: container.stop };
  }

  const dataDir = join(tmpdir(), `loudhailer-test-postgres-${randomBytes(6).toString("hex")}`);
  const local = localPostgresBinaries();
  if (local) {
    try {
      const server = await startPostgres(local, { dataDir, persistent: false });
      return { from: local.postgres, url: server.url, stop: server.stop };
    } catch {
      // The server may not start (another architecture, missing libraries): use the embedded one.
    }
  }
  const server = await startEmbeddedPostgres({ dataDir, persistent: false });
  return { from: "the embedded server", url: server.url, stop: server.stop };
}
