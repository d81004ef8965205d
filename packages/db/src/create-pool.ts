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
   * later. The client waits a little longer. The default is 2 minutes with a role, and no limit
   * without one.
   */
  statementTimeoutMs?: number;
}

/** Maximum milliseconds until the answer to a statement that the server has ended. */
const answerMsMax = 5_000;
const statementMsMax = 120_000;

/**
 * Limits of every connection of a service, so that a process that hangs or vanishes holds up the
 * others for 15 s at most: how long it waits for a lock, how long its transaction may do nothing, and
 * how soon the server notices that its client is gone.
 */
const waitLimits = {
  idle_in_transaction_session_timeout: "10s",
  // Of a statement that runs or waits for a lock; the others are of idle connections.
  client_connection_check_interval: "2s",
  tcp_keepalives_idle: "5s",
  tcp_keepalives_interval: "2s",
  tcp_keepalives_count: 3,
  tcp_user_timeout: "12s",
};
/**
 * Longest wait for a lock. What sends messages waits for 10 s. An import or a change of many
 * contacts may have to wait for another one's batch, which takes longer on a busy machine.
 */
const lockTimeouts: Record<DatabaseRole, string> = {
  loudhailer_engine: "10s",
  loudhailer_api: "40s",
  loudhailer_auth: "10s",
};
/** Time after which the client asks a silent server whether it is still there. */
const keepAliveAfterMs = 5_000;

/**
 * Creates a pool whose connections all have `role`. Replaces a broken idle connection silently. With
 * a role, every wait is bounded (`waitLimits`); a wait that is over fails with a code that
 * `classifyDatabaseFailure` calls `away`.
 */
export function createPool(options: PoolOptions): Pool {
  const { role } = options;
  const statementTimeoutMs = options.statementTimeoutMs ?? (role ? statementMsMax : undefined);
  const settings = {
    ...(role ? { role, lock_timeout: lockTimeouts[role], ...waitLimits } : {}),
    ...(statementTimeoutMs ? { statement_timeout: statementTimeoutMs } : {}),
  };
  const pool = new Pool({
    connectionString: options.connectionString,
    max: options.max ?? 10,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveAfterMs,
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
