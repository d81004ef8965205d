import { splitOnDataError, unexpectedErrorCode } from "@loudhailer/db/split-on-data-error.ts";
import { sql } from "kysely";
import type { ApplyOutcome, NotApplied } from "../meta-updates/apply-outcome.ts";
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
): Promise<SortedEvent[]> {
  const read = new Map(rows.map((row) => [row, withCode(() => changesOfEvent(row))]));
  const kept = [...read].flatMap(([row, changes]) =>
    typeof changes === "string"
      ? []
      : changes.map((change) => ({
          row,
          change,
          organizationId: row.organization_id,
          signedWith: row.signed_with,
        })),
  );
  const owners = await ownersOfChanges(deps.db, deps, kept);
  const ofRow = Map.groupBy(kept.keys(), (index) => kept[index]?.row);
  return rows.map((row) => {
    const changes = read.get(row);
    if (typeof changes === "string") return unsorted(changes);
    const owned = (ofRow.get(row) ?? []).flatMap((index) => owners[index] ?? []);
    const sorted = withCode(() => sortChanges(owned, row.received_at));
    return typeof sorted === "string" ? unsorted(sorted) : sorted;
  });
}

/** An event's parts; `events` are those that can't be applied. */
type SortedEvent = Omit<SortedChanges, "events"> & { events: readonly NotApplied[] };

/** Returns the result, or the code of an unexpected error: one event must not keep the others. */
function withCode<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    return unexpectedErrorCode(error) ?? "Error";
  }
}

function unsorted(refusedWith: string): SortedEvent {
  return { statuses: [], inbound: [], updates: [], events: [{ reason: "refused", refusedWith }] };
}

/** Returns the outcomes of each event's parts. Applies parts of several events together. */
async function applyAll(
  deps: RetryDeps,
  events: readonly SortedEvent[],
): Promise<ApplyOutcome[][]> {
  const outcomes: ApplyOutcome[][] = events.map(() => []);
  async function apply<Item>(
    partsOf: (event: SortedEvent) => readonly { item: Item }[],
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
  sorted: SortedEvent | undefined,
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

/**
 * Marks the events with their verdicts.
 * @throws Error if one can't be marked, once the others are
 */
async function markEvents(
  deps: RetryDeps,
  rows: readonly WebhookEventRow[],
  verdicts: readonly (Verdict | null)[],
  by: "itself" | "operator",
): Promise<void> {
  const marks = rows.map(({ id }, index) => ({ id, verdict: verdicts[index] ?? null }));
  const refused: string[] = [];
  await splitOnDataError(
    marks,
    async (some) => {
      await mark(deps, some, by === "itself");
      return some;
    },
    (one, code) => {
      refused.push(`${one.id} (${code})`);
      return one;
    },
    unexpectedErrorCode,
  );
  if (refused.length > 0) {
    throw new Error(`webhook events could not be marked: ${refused.join(", ")}`);
  }
}

interface Mark {
  id: string;
  verdict: Verdict | null;
}

async function mark({ db }: RetryDeps, marks: readonly Mark[], isAttempt: boolean): Promise<void> {
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
      ${marks.map(({ id }) => id)}::bigint[],
      ${marks.map(({ verdict }) => verdict?.reason)}::text[],
      ${marks.map(({ verdict }) => verdict?.mayApply)}::boolean[]
    ) as v(id, reason, may_apply)
    where e.id = v.id
  `.execute(db);
}
