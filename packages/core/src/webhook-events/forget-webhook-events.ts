import type { WebhookEventReason } from "@loudhailer/contracts/webhook-event-reasons.ts";
import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";

/** Meta resends for 7 days. Most of these events are statuses of other programs on the number. */
const passingKept = sql`interval '7 days'`;
const allKept = sql`interval '30 days'`;
const unmatchedStatus = sql.lit<WebhookEventReason>("unmatched_status");
const unknownNumber = sql.lit<WebhookEventReason>("unknown_number");
const sliceSize = 5_000;

/**
 * Deletes stored events after 30 days, and after 7 days if they were applied or matched no number
 * or message. Works in slices and reads each slice once. Returns the number of deleted events.
 */
export async function forgetWebhookEvents(db: Kysely<Database>): Promise<number> {
  let deleted = 0;
  let afterId: string | null = "0";
  while (afterId !== null) {
    const { rows } = await sql<{ deleted: number; lastId: string | null }>`
      with slice as materialized (
        select id, received_at, applied_at, reason from webhook_events
        where id > ${afterId}
        order by id limit ${sliceSize}
      ),
      gone as (
        delete from webhook_events e using slice s
        where e.id = s.id and s.received_at < now() - ${passingKept}
          and (s.received_at < now() - ${allKept} or s.applied_at is not null
            or s.reason in (${unmatchedStatus}, ${unknownNumber}))
        returning e.id
      )
      select (select count(*) from gone)::integer as deleted,
        -- Ids grow with the time: beyond the first that is younger there is nothing to forget.
        (select max(id) from slice having max(received_at) < now() - ${passingKept}) as "lastId"
    `.execute(db);
    deleted += rows[0]?.deleted ?? 0;
    afterId = rows[0]?.lastId ?? null;
  }
  return deleted;
}
