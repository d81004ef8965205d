import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";

/** Meta sends again for 7 days; statuses of other programs on the same number are most of these. */
const passingKept = sql`interval '7 days'`;
const allKept = sql`interval '30 days'`;
const sliceSize = 5_000;

/**
 * Deletes kept events after 30 days, those that were applied or fitted nobody's number or message after 7;
 * in slices, each of them looked at once. Answers how many.
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
            or s.reason in ('unmatched_status', 'unknown_number'))
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
