import { sql } from "kysely";
import type { ApplyOutcome } from "../meta-updates/apply-outcome.ts";
import {
  applyInboundItems,
  applyStatusItems,
  applyUpdateItems,
  type WebhookStores,
} from "./apply-items.ts";
import { changesOfEvent, type WebhookEventRow } from "./changes-of-event.ts";
import { mayApplyLater, readReason, reasonText } from "./event-reason.ts";
import { ownersOfChanges, type SigningSecrets } from "./owners-of-changes.ts";
import { sortChanges, type SortedChanges } from "./sort-changes.ts";

export interface RetryDeps extends WebhookStores, SigningSecrets {}

export interface RetriedEvents {
  applied: number;
  /** Numbers of events that still aren't applied, by reason. */
  kept: Record<string, number>;
}

/** Items of several events that are applied together. */
const itemsAtOnce = 500;

/** Pauses after each failed automatic attempt; after the last, only the operator retries. */
const pausesSeconds = [30, 600, 10_800];

/**
 * Applies events again and marks each with its outcome. A failed automatic attempt is counted, and
 * the next one follows after a longer pause. An operator's retry changes neither.
 * @throws Error while the database is away; some events may then be applied but not marked, which
 *   is safe to repeat
 */
export async function retryEvents(
  deps: RetryDeps,
  rows: readonly WebhookEventRow[],
  by: "itself" | "operator",
): Promise<RetriedEvents> {
  const sorted = await sortEvents(deps, rows);
  const outcomes = await applyAll(deps, sorted);
  const verdicts = rows.map((row, index) => verdictOf(row, sorted[index], outcomes[index] ?? []));
  await markEvents(deps, rows, verdicts, by);
  const kept: Record<string, number> = {};
  for (const verdict of verdicts) {
    if (verdict !== null) kept[verdict.reason] = (kept[verdict.reason] ?? 0) + 1;
  }
  return { applied: verdicts.filter((verdict) => verdict === null).length, kept };
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

/** Returns the outcomes of each event's parts. Applies parts of several events together. */
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

/** Why an event still isn't applied, as stored, and whether it may apply later. */
interface Verdict {
  reason: string;
  mayApply: boolean;
}

/** Returns null if the whole event is applied, else the reason why it isn't. */
function verdictOf(
  row: WebhookEventRow,
  sorted: SortedChanges | undefined,
  outcomes: readonly ApplyOutcome[],
): Verdict | null {
  const reasons = [
    ...(sorted?.events ?? []),
    ...outcomes.flatMap((outcome) => (outcome.applied ? [] : outcome)),
  ];
  // The event is retried as long as one of its parts may still apply.
  const reason = reasons.find(mayApplyLater) ?? reasons[0];
  if (reason) return { reason: reasonText(reason), mayApply: mayApplyLater(reason) };
  if (outcomes.length > 0) return null;
  return { reason: row.reason, mayApply: mayApplyLater(readReason(row.reason)) };
}

async function markEvents(
  { db }: RetryDeps,
  rows: readonly WebhookEventRow[],
  verdicts: readonly (Verdict | null)[],
  by: "itself" | "operator",
): Promise<void> {
  const isAttempt = by === "itself";
  await sql`
    update webhook_events e
    set applied_at = case when v.reason is null then now() end,
      reason = coalesce(v.reason, e.reason),
      attempts = e.attempts + ${isAttempt ? 1 : 0}::smallint,
      next_attempt_at = case
        when v.reason is null or not v.may_apply then null
        when ${isAttempt}::boolean then now()
          + (${pausesSeconds}::integer[])[e.attempts + 1] * interval '1 second'
        else e.next_attempt_at
      end
    from unnest(
      ${rows.map(({ id }) => id)}::bigint[],
      ${verdicts.map((verdict) => verdict?.reason)}::text[],
      ${verdicts.map((verdict) => verdict?.mayApply)}::boolean[]
    ) as v(id, reason, may_apply)
    where e.id = v.id
  `.execute(db);
}
