import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "@loudhailer/local/embedded-postgres.ts";
import { localPostgresBinaries } from "@loudhailer/local/postgres-binaries.ts";
import { startPostgres } from "@loudhailer/local/start-postgres.ts";
import { startContainer } from "./start-container.ts";

/** A server for the tests: where it comes from, its superuser's address, how to end it. */
export interface TestServer {
  from: string;
  url: string;
  stop(): Promise<void>;
}

/**
 * PostgreSQL for the tests: the given one, else a container where Docker answers, else the server
 * on PATH, else the embedded one.
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
      // A server that does not start (another architecture, missing libraries) is as good as none.
    }
  }
  const server = await startEmbeddedPostgres({ dataDir, persistent: false });
  return { from: "the embedded server", url: server.url, stop: server.stop };
}
