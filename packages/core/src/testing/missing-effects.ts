import type { StatusUpdate } from "@loudhailer/db/apply-statuses.ts";
import type { Settlement } from "@loudhailer/db/settle-recipients.ts";
import type { Answer } from "./do-deed.ts";
import { finals, isRetried, rank } from "./move-errors.ts";
import type { Snapshot, Row } from "./recipient-history.ts";
import { isDue, concernsRow, isOld } from "./recipient-moves.ts";
import type { Deed } from "./recipient-world.ts";

interface Around {
  before: Snapshot;
  after: Snapshot;
}

/**
 * Returns the effects that a deed should have had but didn't: reported news must be stored, and
 * requested changes must be made. The deed must have run alone.
 */
export function missingEffects(deed: Deed, answer: Answer, around: Around): string[] {
  if (deed.do === "claim") return unclaimed(deed, answer, around.before);
  if (deed.do === "settle") return deed.settlements.flatMap((each) => unsettled(each, around));
  if (deed.do === "statuses") {
    return deed.updates.flatMap((update) => unapplied(update, deed.updates, answer, around));
  }
  if (deed.do === "release") return unreleased(deed.attemptId, around);
  if (deed.do === "retry-failed") return notPendingAgain("failed", around);
  return deed.do === "resend-unknown" ? notPendingAgain("unknown", around) : [];
}

function unreleased(attemptId: string, { before, after }: Around): string[] {
  return before.rows
    .filter((row) => row.status === "sending" && row.attempt_id === attemptId)
    .filter((row) => statusOf(after, row) !== "pending")
    .map((row) => `recipient ${row.id} is not released`);
}

/**
 * Returns an error for each recipient that a retry should have made pending but didn't. Recipients
 * of a canceled broadcast aren't retried.
 */
function notPendingAgain(status: "failed" | "unknown", { before, after }: Around): string[] {
  if (before.broadcast.status === "canceled") return [];
  return before.rows
    .filter((row) => row.status === status && (status === "failed" || isOld(row)))
    .filter((row) => statusOf(after, row) !== "pending")
    .map((row) => `recipient ${row.id} is not tried again`);
}

function unclaimed(
  deed: Extract<Deed, { do: "claim" }>,
  { claimed }: Answer,
  { rows, broadcast, optedOut, registered, silent }: Snapshot,
): string[] {
  const isAlive = registered.includes(deed.dispatcherId) && !silent.includes(deed.dispatcherId);
  if (broadcast.status !== "sending" || !isAlive) {
    return claimed.length > 0 ? ["a claim where there may be none"] : [];
  }
  return rows
    .filter((row) => deed.ids.includes(String(row.id)) && row.status === "pending" && isDue(row))
    .filter((row) => !optedOut.includes(row.id) && !claimed.includes(String(row.id)))
    .map((row) => `recipient ${row.id} could be claimed and wasn't`);
}

function unsettled(settlement: Settlement, { before, after }: Around): string[] {
  const { recipientId, attemptId, status } = settlement;
  const was = rowOf(before, recipientId);
  const is = rowOf(after, recipientId);
  if (!was || !is || finals.includes(was.status)) return [];
  const isRelevant =
    status === "sent"
      ? !isRetried(was, settlement.wamid)
      : was.attempt_id === attemptId && (was.status === "sending" || was.status === "unknown");
  if (!isRelevant) return [];
  const isApplied =
    status === "pending" ? is.status === status : (rank[is.status] ?? 0) >= (rank[status] ?? 9);
  return isApplied ? [] : [`recipient ${recipientId} was ${status} and is ${is.status}`];
}

function unapplied(
  update: StatusUpdate,
  all: readonly StatusUpdate[],
  { unmatched }: Answer,
  { before, after }: Around,
): string[] {
  const was = before.rows.find((row) => concernsRow(update, row));
  if (!was) {
    return unmatched.includes(update) ? [] : [`${update.wamid}, nobody's, was taken for ours`];
  }
  if (unmatched.includes(update)) return [`${update.wamid} is ours and was not matched`];
  const isRetired = isRetried(was, update.wamid);
  const hasArrived = update.status === "delivered" || update.status === "read";
  if (finals.includes(was.status) || (isRetired && !hasArrived)) return [];
  const is = rowOf(after, String(was.id));
  // If two messages failed at once, one of them decides.
  const waits =
    is?.status === "pending" &&
    all.some(({ status, wamid }) => status === "failed" && isRetried(is, wamid)) &&
    !isDue(is);
  const isApplied = waits || (rank[is?.status ?? ""] ?? 0) >= (rank[update.status] ?? 9);
  return isApplied ? [] : [`${update.wamid} is ${update.status}, recipient ${is?.status}`];
}

function rowOf({ rows }: Snapshot, recipientId: string): Row | undefined {
  return rows.find((row) => String(row.id) === recipientId);
}

function statusOf(snapshot: Snapshot, { id }: Row): string | undefined {
  return rowOf(snapshot, String(id))?.status;
}
