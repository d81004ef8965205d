import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";

/** A count that takes longer is ended, and answered 503: it would hold a connection. */
const countSecondsMax = 15;

/**
 * For the rest of a transaction that looks through a whole audience: room for the hash of a large
 * broadcast's recipients, an end, and one process beside its own at most, so that some cores are
 * left for sending (on two cores it is faster so than with two, which only wait for each other).
 */
export async function boundCounting(trx: TenantDb): Promise<void> {
  await sql`set local work_mem = '128MB'`.execute(trx);
  await sql`set local max_parallel_workers_per_gather = 1`.execute(trx);
  // A broadcast's recipients stand side by side, which the planner doesn't know.
  await sql`set local random_page_cost = 1.1`.execute(trx);
  await sql`set local statement_timeout = ${sql.lit(`${countSecondsMax}s`)}`.execute(trx);
}
