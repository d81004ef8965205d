import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";

export interface Counts {
  total: number;
  successful: number;
  failed: number;
  delivered: number;
  read: number;
  skipped: number;
  unknown: number;
  canceled: number;
}

/**
 * Returns a broadcast's counters and the same figures counted from its rows, at one moment.
 * @throws Error if the broadcast doesn't exist
 */
export async function readCounts(
  db: Kysely<Database>,
  broadcastId: string,
): Promise<{ status: string; counters: Counts; rows: Counts }> {
  const { rows } = await sql<{ status: string; counters: Counts; rows: Counts }>`
    select b.status,
      jsonb_build_object('total', b.total_recipients, 'successful', b.successful_sends,
        'failed', b.failed_sends, 'delivered', b.delivered_count, 'read', b.read_count,
        'skipped', b.skipped_count, 'unknown', b.unknown_count,
        'canceled', b.canceled_count) as counters,
      (select jsonb_build_object('total', count(*),
          'successful', count(*) filter (where r.status in ('sent', 'delivered', 'read')),
          'failed', count(*) filter (where r.status = 'failed'),
          'delivered', count(*) filter (where r.status in ('delivered', 'read')),
          'read', count(*) filter (where r.status = 'read'),
          'skipped', count(*) filter (where r.status = 'skipped'),
          'unknown', count(*) filter (where r.status = 'unknown'),
          'canceled', count(*) filter (where r.status = 'canceled'))
        from whatsapp_broadcast_recipients r where r.broadcast_id = b.id) as rows
    from counted_broadcasts b where b.id = ${broadcastId}
  `.execute(db);
  const [counts] = rows;
  if (!counts) throw new Error(`there is no broadcast ${broadcastId}`);
  return counts;
}
