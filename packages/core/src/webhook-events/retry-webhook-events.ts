import { sql } from "kysely";
import type { WebhookEventRow } from "./changes-of-event.ts";
import { retryEvents, type RetriedEvents, type RetryDeps } from "./retry-events.ts";

const pageSize = 500;
/** Bytes of JSON that end a page, which always has at least one event. */
const pageBytes = 1024 * 1024;
/** Time within which a process that took events has tried them, or never will. */
const lease = sql`interval '1 minute'`;

/**
 * Retries all events that are not applied, oldest first. Marks an event that now applies; any other
 * keeps its reason or gets the new one. Safe to repeat, and to run beside a running service.
 */
export async function retryWebhookEvents(deps: RetryDeps): Promise<RetriedEvents> {
  const total: RetriedEvents = { applied: 0, kept: {} };
  let afterId = "0";
  for (;;) {
    const { rows } = await sql<WebhookEventRow>`
      with candidate as (
        select id, octet_length(payload::text) as bytes from webhook_events
        where applied_at is null and id > ${afterId}
        order by id limit ${pageSize}
      ),
      page as (
        select id, sum(bytes) over (order by id) - bytes as bytes_before from candidate
      )
      select e.* from webhook_events e join page p on p.id = e.id
      where p.bytes_before < ${pageBytes}
      order by e.id
    `.execute(deps.db);
    const last = rows.at(-1);
    if (!last) return total;
    afterId = last.id;
    const page = await retryEvents(deps, rows, "operator");
    total.applied += page.applied;
    for (const [reason, count] of Object.entries(page.kept)) {
      total.kept[reason] = (total.kept[reason] ?? 0) + count;
    }
  }
}

/**
 * Retries up to 500 events that are due for an automatic attempt. Returns their number. Several
 * processes share the work. If one dies or loses the database, its events are due again a minute
 * later.
 */
export async function retryDueWebhookEvents(deps: RetryDeps): Promise<number> {
  const { rows } = await sql<WebhookEventRow>`
    with candidate as (
      select id, next_attempt_at, octet_length(payload::text) as bytes from webhook_events
      where next_attempt_at <= now() and applied_at is null
      order by next_attempt_at, id limit ${pageSize}
    ),
    page as (
      select id, sum(bytes) over (order by next_attempt_at, id) - bytes as bytes_before
      from candidate
    ),
    due as (
      select id from webhook_events
      where id in (select id from page where bytes_before < ${pageBytes})
        and next_attempt_at <= now() and applied_at is null
      order by id
      for update skip locked
    )
    update webhook_events e
    set next_attempt_at = now() + ${lease}
    from due d
    where e.id = d.id
    returning e.*
  `.execute(deps.db);
  if (rows.length > 0) await retryEvents(deps, rows, "itself");
  return rows.length;
}
