import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";

/** Seconds after which a count is ended and the API returns 503, because it holds a connection. */
const countSecondsMax = 15;

/**
 * Bounds the rest of a transaction that scans a whole audience: gives it memory for the hash of a
 * large broadcast's recipients, a timeout, and at most one extra process, so that some cores stay
 * free for sending. On two cores one extra process is also faster than two, which only wait for
 * each other.
 */
export async function boundCounting(trx: TenantDb): Promise<void> {
  await sql`set local work_mem = '128MB'`.execute(trx);
  await sql`set local max_parallel_workers_per_gather = 1`.execute(trx);
  // A broadcast's recipients are stored next to each other, which the planner doesn't know.
  await sql`set local random_page_cost = 1.1`.execute(trx);
  await sql`set local statement_timeout = ${sql.lit(`${countSecondsMax}s`)}`.execute(trx);
}
