import { sql } from "kysely";
import {
  applyInboundItems,
  applyStatusItems,
  applyUpdateItems,
  type WebhookStores,
} from "./apply-items.ts";
import { changesOfEvent, type WebhookEventRow } from "./changes-of-event.ts";
import { mayMendItself } from "./keep-webhook-events.ts";
import { ownersOfChanges, type SigningSecrets } from "./owners-of-changes.ts";
import { sortChanges, type SortedChanges } from "./sort-changes.ts";
import type { ApplyOutcome } from "./apply-outcome.ts";

export interface RetryDeps extends WebhookStores, SigningSecrets {}

export interface RetriedEvents {
  applied: number;
  /** What is still not applied, by reason. */
  kept: Record<string, number>;
}

const pageSize = 500;
/** Of JSON at a time, and an event at least; its statuses and messages go so many to a statement. */
const pageBytes = 1024 * 1024;
const itemsAtOnce = 500;

/** How long after each vain attempt the next one comes by itself; then only an operator's word. */
const pausesSeconds = [30, 600, 10_800];

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
    const page = await retryRows(deps, rows);
    total.applied += page.applied;
    for (const [reason, count] of Object.entries(page.kept)) {
      total.kept[reason] = (total.kept[reason] ?? 0) + count;
    }
  }
}

/**
 * Tries again what is due by itself, at most 500 events. Answers how many were due. Several
 * processes share the work; one that dies leaves its share for the next pause.
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
      select id, attempts from webhook_events
      where id in (select id from page where bytes_before < ${pageBytes})
        and next_attempt_at <= now() and applied_at is null
      order by id
      for update skip locked
    )
    update webhook_events e
    set attempts = d.attempts + 1,
      next_attempt_at = now()
        + (${pausesSeconds}::integer[])[d.attempts + 1] * interval '1 second'
    from due d
    where e.id = d.id
    returning e.*
  `.execute(deps.db);
  if (rows.length > 0) await retryRows(deps, rows);
  return rows.length;
}

async function retryRows(
  deps: RetryDeps,
  rows: readonly WebhookEventRow[],
): Promise<RetriedEvents> {
  const sorted = await sortEvents(deps, rows);
  const outcomes = await applyAll(deps, sorted);
  const verdicts = rows.map((row, index) => verdictOf(row, sorted[index], outcomes[index] ?? []));
  await markEvents(deps, rows, verdicts);
  const kept: Record<string, number> = {};
  for (const reason of verdicts) {
    if (reason !== null) kept[reason] = (kept[reason] ?? 0) + 1;
  }
  return { applied: verdicts.filter((reason) => reason === null).length, kept };
}

async function sortEvents(
  deps: RetryDeps,
  rows: readonly WebhookEventRow[],
): Promise<SortedChanges[]> {
  const kept = rows.flatMap((row) =>
    changesOfEvent(row).map((change) => ({
      row,
      change,
      organizationId: row.organization_id,
      signedWith: row.signed_with,
    })),
  );
  const owners = await ownersOfChanges(deps.db, deps, kept);
  const ofRow = Map.groupBy(kept.keys(), (index) => kept[index]?.row);
  return rows.map((row) => {
    const owned = (ofRow.get(row) ?? []).flatMap((index) => owners[index] ?? []);
    return sortChanges(owned, row.received_at);
  });
}

/** The outcomes of each event's parts; statuses and messages of several events go together. */
async function applyAll(
  deps: RetryDeps,
  events: readonly SortedChanges[],
): Promise<ApplyOutcome[][]> {
  const outcomes: ApplyOutcome[][] = events.map(() => []);
  async function apply<Item>(
    partsOf: (event: SortedChanges) => readonly { item: Item }[],
    run: (stores: WebhookStores, items: readonly Item[]) => Promise<ApplyOutcome[]>,
  ): Promise<void> {
    const parts = events.flatMap((event, index) =>
      partsOf(event).map(({ item }) => ({ item, index })),
    );
    for (let start = 0; start < parts.length; start += itemsAtOnce) {
      const some = parts.slice(start, start + itemsAtOnce);
      const results = await run(
        deps,
        some.map(({ item }) => item),
      );
      for (const [place, { index }] of some.entries()) {
        const result = results[place];
        if (result) outcomes[index]?.push(result);
      }
    }
  }
  await apply(({ statuses }) => statuses, applyStatusItems);
  await apply(({ inbound }) => inbound, applyInboundItems);
  await apply(({ updates }) => updates, applyUpdateItems);
  return outcomes;
}

/** Null once all of it is applied, else why it isn't. */
function verdictOf(
  row: WebhookEventRow,
  sorted: SortedChanges | undefined,
  outcomes: readonly ApplyOutcome[],
): string | null {
  const reasons = [
    ...(sorted?.events ?? []).map(({ reason }) => reason),
    ...outcomes.flatMap((outcome) => (outcome.applied ? [] : outcome.reason)),
  ];
  // As long as a part of it may mend, it is worth another attempt.
  const reason = reasons.find(mayMendItself) ?? reasons[0];
  return reason ?? (outcomes.length > 0 ? null : row.reason);
}

async function markEvents(
  { db }: RetryDeps,
  rows: readonly WebhookEventRow[],
  verdicts: readonly (string | null)[],
): Promise<void> {
  await sql`
    update webhook_events e
    set applied_at = case when v.reason is null then now() end,
      reason = coalesce(v.reason, e.reason),
      next_attempt_at = case when v.reason is not null and v.may_mend then e.next_attempt_at end
    from unnest(
      ${rows.map(({ id }) => id)}::bigint[],
      ${verdicts}::text[],
      ${verdicts.map((reason) => reason !== null && mayMendItself(reason))}::boolean[]
    ) as v(id, reason, may_mend)
    where e.id = v.id
  `.execute(db);
}
