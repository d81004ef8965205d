import { Pool } from "pg";

/** Which rows and tables a connection may touch: see migration 0006. */
export type DatabaseRole = "loudhailer_api" | "loudhailer_auth" | "loudhailer_engine";

export interface PoolOptions {
  connectionString: string;
  /** Without it the connection keeps the rights of the login: migrations and tests only. */
  role?: DatabaseRole;
  max?: number;
  applicationName?: string;
  /** Milliseconds to wait for a connection before giving up. */
  connectTimeoutMs?: number;
  /**
   * Milliseconds after which the server ends a statement, so that one that was given up is not
   * committed later; the client waits a little longer. No limit by default.
   */
  statementTimeoutMs?: number;
}

/** What the answer to a statement that the server has ended may still take. */
const answerMsMax = 5_000;

/** A pool whose every connection has taken `role`; a broken idle connection is replaced quietly. */
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
  // The next query opens a new connection, or fails where somebody awaits it.
  pool.on("error", () => undefined);
  // The same for a connection that is cut while somebody holds it between two queries.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}
