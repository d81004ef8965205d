import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";

/**
 * Returns a broadcast's counters and the same figures counted from its recipients. They must be
 * equal at any moment, so both are read in one snapshot.
 */
export function broadcastCounts(db: Kysely<Database>, broadcastId: string) {
  return db
    .transaction()
    .setIsolationLevel("repeatable read")
    .execute((trx) => readCounts(trx, broadcastId));
}

async function readCounts(db: Kysely<Database>, broadcastId: string) {
  const counters = await db
    .selectFrom("counted_broadcasts")
    .where("id", "=", broadcastId)
    .select([
      "successful_sends as successful",
      "failed_sends as failed",
      "delivered_count as delivered",
      "read_count as read",
      "skipped_count as skipped",
      "unknown_count as unknown",
      "canceled_count as canceled",
    ])
    .executeTakeFirstOrThrow();
  const { rows } = await sql<typeof counters>`
    select
      (count(*) filter (where status in ('sent', 'delivered', 'read')))::integer as successful,
      (count(*) filter (where status = 'failed'))::integer as failed,
      (count(*) filter (where status in ('delivered', 'read')))::integer as delivered,
      (count(*) filter (where status = 'read'))::integer as read,
      (count(*) filter (where status = 'skipped'))::integer as skipped,
      (count(*) filter (where status = 'unknown'))::integer as unknown,
      (count(*) filter (where status = 'canceled'))::integer as canceled
    from whatsapp_broadcast_recipients where broadcast_id = ${broadcastId}
  `.execute(db);
  return { counters, rows: rows[0] };
}
