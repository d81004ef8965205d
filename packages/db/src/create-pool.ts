import { Pool } from "pg";
import { watchUnanswered } from "./unanswered.ts";

/** Roles that limit the rows and tables of a connection; see migration 0006. */
export type DatabaseRole = "loudhailer_api" | "loudhailer_auth" | "loudhailer_engine";

export interface PoolOptions {
  connectionString: string;
  /** Role of each connection; without it, for migrations and tests only, the login's rights. */
  role?: DatabaseRole;
  max?: number;
  applicationName?: string;
  /** Milliseconds to wait for a connection before giving up. */
  connectTimeoutMs?: number;
  /**
   * Milliseconds after which the server ends a statement, so that an abandoned one is not committed
   * later. The client waits a little longer. No limit by default.
   */
  statementTimeoutMs?: number;
}

/** Maximum milliseconds until the answer to a statement that the server has ended. */
const answerMsMax = 5_000;

/** Creates a pool whose connections all have `role`. Replaces a broken idle connection silently. */
export function createPool(options: PoolOptions): Pool {
  const { role, statementTimeoutMs } = options;
  const settings = {
    ...(role ? { role } : {}),
    ...(statementTimeoutMs ? { statement_timeout: statementTimeoutMs } : {}),
  };
  const pool = new Pool({
    connectionString: options.connectionString,
    max: options.max ?? 10,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    keepAlive: true,
    application_name: options.applicationName ?? "loudhailer",
    ...(statementTimeoutMs ? { query_timeout: statementTimeoutMs + answerMsMax } : {}),
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(" "),
  });
  // pg emits an idle connection's end here; without a listener it would end the process.
  // The next query opens a new connection, or fails for its caller.
  pool.on("error", () => undefined);
  // The same for a connection that is cut while a caller holds it between two queries.
  pool.on("connect", (client) => client.on("error", () => undefined));
  watchUnanswered(pool);
  return pool;
}
