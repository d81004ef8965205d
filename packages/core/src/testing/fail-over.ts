import { restoreClaims } from "@loudhailer/pacing/restore-claims.ts";
import { sql } from "kysely";
import type { Snapshot } from "./recipient-history.ts";
import type { Control, World } from "./recipient-world.ts";

/**
 * Puts the broadcast back to an earlier snapshot, as a failover to a replica that was behind, and
 * writes again what the living dispatchers remember. Changes of contacts aren't lost.
 */
export async function failOver(
  { owner, enginePool }: Control,
  { broadcastId, memories }: Pick<World, "broadcastId" | "memories">,
  { rows, archive, broadcast }: Snapshot,
): Promise<void> {
  await owner.transaction().execute(async (trx) => {
    await sql`
      update whatsapp_broadcast_recipients r
      set status = o.status, attempt_id = o.attempt_id, wamid = o.wamid, attempts = o.attempts,
        next_attempt_at = o.next_attempt_at, claimed_at = o.claimed_at, claimed_by = o.claimed_by,
        sent_at = o.sent_at, delivered_at = o.delivered_at, read_at = o.read_at,
        failed_at = o.failed_at, error_code = o.error_code, error_title = o.error_title
      from jsonb_populate_recordset(null::whatsapp_broadcast_recipients,
        ${JSON.stringify(rows)}::jsonb) o
      where r.id = o.id
    `.execute(trx);
    await sql`delete from recipient_attempts where broadcast_id = ${broadcastId}`.execute(trx);
    await sql`
      insert into recipient_attempts
      select * from jsonb_populate_recordset(null::recipient_attempts,
        ${JSON.stringify(archive)}::jsonb)
    `.execute(trx);
    await sql`
      update whatsapp_broadcasts b
      set status = o.status, pause_reason = o.pause_reason, paused_at = o.paused_at,
        completed_at = o.completed_at, failed_at = o.failed_at, canceled_at = o.canceled_at,
        failure_reason = o.failure_reason, successful_sends = c.successful, failed_sends = c.failed,
        delivered_count = c.delivered, read_count = c.read, skipped_count = c.skipped,
        unknown_count = c.unknown, canceled_count = c.canceled
      from jsonb_populate_record(null::whatsapp_broadcasts, ${JSON.stringify(broadcast)}::jsonb) o, (
        select count(*) filter (where status in ('sent', 'delivered', 'read')) as successful,
          count(*) filter (where status = 'failed') as failed,
          count(*) filter (where status in ('delivered', 'read')) as delivered,
          count(*) filter (where status = 'read') as read,
          count(*) filter (where status = 'skipped') as skipped,
          count(*) filter (where status = 'unknown') as unknown,
          count(*) filter (where status = 'canceled') as canceled
        from whatsapp_broadcast_recipients where broadcast_id = ${broadcastId}
      ) c
      where b.id = ${broadcastId}
    `.execute(trx);
    await sql`delete from broadcast_count_deltas where broadcast_id = ${broadcastId}`.execute(trx);
  });
  for (const [dispatcherId, memory] of memories) {
    await restoreClaims(enginePool, dispatcherId, memory);
  }
}
