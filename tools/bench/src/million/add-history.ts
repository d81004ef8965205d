import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";
import type { Operator } from "../add-operator.ts";
import { createBroadcast } from "../bench-broadcast.ts";

/** A broadcast's recipients by status, in the order of their ids. */
export interface History {
  sent: number;
  failed?: number;
  unknown?: number;
  pending?: number;
}

/**
 * Adds a broadcast as it stands after it was sent to most of its recipients: with their contacts
 * and messages' ids in the indexes, and cursors at the first pending recipient. Returns its id.
 */
export async function addHistory(
  db: Kysely<Database>,
  operator: Operator,
  history: History,
): Promise<string> {
  const { sent, failed = 0, unknown = 0, pending = 0 } = history;
  const total = sent + failed + unknown + pending;
  const broadcastId = await createBroadcast(db, operator, {
    status: pending > 0 ? "paused" : "completed",
    total_recipients: total,
    successful_sends: sent,
    failed_sends: failed,
    unknown_count: unknown,
  });
  await sql`
    insert into whatsapp_broadcast_recipients (organization_id, broadcast_id, contact_id, phone,
      variables, status, attempts, attempt_id, wamid, claimed_at, sent_at, failed_at, error_code)
    select ${operator.organizationId}::uuid, ${broadcastId}::uuid, 1e9 + n,
      '+1555' || lpad(n::text, 7, '0'), jsonb_build_array('Ada ' || n, 'Berlin'), s.status,
      case when s.status = 'pending' then 0 else 1 end,
      case when s.status <> 'pending' then gen_random_uuid() end,
      case when s.status in ('sent', 'failed') then 'wamid.bench.' || ${broadcastId} || n end,
      case when s.status <> 'pending' then now() - interval '1 hour' end,
      case when s.status in ('sent', 'failed') then now() - interval '1 hour' end,
      case when s.status = 'failed' then now() - interval '1 hour' end,
      case s.status when 'failed' then '131026' when 'unknown' then 'no_answer' end
    from generate_series(1, ${total}::integer) n, lateral (
      select case when n <= ${sent}::integer then 'sent'
        when n <= ${sent + failed}::integer then 'failed'
        when n <= ${sent + failed + unknown}::integer then 'unknown' else 'pending' end as status
    ) s
  `.execute(db);
  await placeCursors(db, broadcastId);
  await sql`update whatsapp_broadcasts set started_at = now() - interval '2 hours'
    where id = ${broadcastId}`.execute(db);
  await sql`vacuum analyze whatsapp_broadcast_recipients`.execute(db);
  return broadcastId;
}

/** Places the cursors that this version has behind the last recipient that isn't pending. */
async function placeCursors(db: Kysely<Database>, broadcastId: string): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select column_name as name from information_schema.columns
    where table_name = 'whatsapp_broadcasts' and column_name in ('feed_cursor', 'drained_cursor')
  `.execute(db);
  for (const { name } of rows) {
    await sql`
      update whatsapp_broadcasts set ${sql.ref(name)} = (
        select max(id) from whatsapp_broadcast_recipients
        where broadcast_id = ${broadcastId} and status <> 'pending'
      ) where id = ${broadcastId}
    `.execute(db);
  }
}
