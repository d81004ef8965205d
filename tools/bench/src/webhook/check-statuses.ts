import { isDeepStrictEqual } from "node:util";
import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";
import { readCounts } from "../read-counts.ts";
import type { MessageTimes } from "./prepare-posts.ts";
import type { Audience } from "./write-audiences.ts";

/**
 * Checks the recipients after every POST got its 200: each has each of its statuses with Meta's
 * time, the counters equal the rows, and no status was stored as an event. Returns the violations.
 */
export async function checkStatuses(
  db: Kysely<Database>,
  audiences: readonly Audience[],
  times: MessageTimes,
): Promise<string[]> {
  const violations: string[] = [];
  for (const { broadcastId } of audiences) {
    const { counters, rows } = await readCounts(db, broadcastId);
    if (isDeepStrictEqual(counters, rows)) continue;
    violations.push(`counters ${JSON.stringify(counters)} but rows ${JSON.stringify(rows)}`);
  }
  const lost = await countLost(db, times);
  if (lost > 0) violations.push(`${lost} recipients lack a status that got its 200`);
  const kept = await sql<{ count: number }>`
    select count(*)::integer as count from webhook_events
  `.execute(db);
  const events = kept.rows[0]?.count ?? 0;
  if (events > 0) violations.push(`${events} statuses were kept as events`);
  return violations;
}

async function countLost(db: Kysely<Database>, times: MessageTimes): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from whatsapp_broadcast_recipients
    where (status, sent_at, delivered_at, read_at) is distinct from
      ('read', ${times.sentAt}::timestamptz, ${times.deliveredAt}::timestamptz,
        ${times.readAt}::timestamptz)
  `.execute(db);
  return rows[0]?.count ?? 0;
}
