import { sql } from "kysely";
import type { WebhookEventRow } from "./changes-of-event.ts";
import { retryEvents, type RetriedEvents, type RetryDeps } from "./retry-events.ts";

const pageSize = 500;
/** Of JSON at a time, and an event at least. */
const pageBytes = 1024 * 1024;
/** Whoever has taken events has tried them by then, or never will. */
const lease = sql`interval '1 minute'`;

/**
 * Applies what webhooks brought and could not be applied then: all of it, oldest first. An event
 * that fits by now is marked as applied, any other keeps its reason or gets the new one. Safe to
 * repeat, and beside a running service.
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
 * Tries again what is due by itself, at most 500 events. Answers how many were due. Several
 * processes share the work; what one leaves behind, that dies or finds the database gone, is due again
 * a minute later.
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
