import type { StatusUpdate } from "@loudhailer/db/apply-statuses.ts";
import type { Settlement } from "@loudhailer/db/settle-recipients.ts";
import type { Answer } from "./do-deed.ts";
import { rank } from "./move-errors.ts";
import type { Snapshot, Row } from "./recipient-history.ts";
import { isDue, isOld } from "./recipient-moves.ts";
import { concernedAttempt } from "./recipient-news.ts";
import type { Deed, World } from "./recipient-world.ts";

interface Around {
  world: World;
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
    return deed.updates.flatMap((update) => unapplied(update, answer, around));
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
    .filter((row) => row.phone !== "")
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
    .filter((row) => row.phone !== "" && !optedOut.includes(row.id))
    .filter((row) => !claimed.includes(String(row.id)))
    .map((row) => `recipient ${row.id} could be claimed and wasn't`);
}

function unsettled(settlement: Settlement, { before, after }: Around): string[] {
  const { recipientId, attemptId, status } = settlement;
  const was = rowOf(before, recipientId);
  const is = rowOf(after, recipientId);
  if (!was || !is) return [];
  if (status === "pending") {
    const isOwn = was.attempt_id === attemptId;
    if (!isOwn || (was.status !== "sending" && was.status !== "unknown")) return [];
    const isPutBack = is.status === "pending" || is.error_code === "merged_contact";
    return isPutBack ? [] : [`recipient ${recipientId} isn't put back and is ${is.status}`];
  }
  const told = statusOfAttempt(after, recipientId, attemptId);
  const isApplied = (rank[told ?? ""] ?? -1) >= (rank[status] ?? 9);
  return isApplied ? [] : [`recipient ${recipientId}: attempt ${status} is ${told}`];
}

function unapplied(
  update: StatusUpdate,
  { unmatched }: Answer,
  { world, before, after }: Around,
): string[] {
  const { wamid, status } = update;
  // Another status of the same batch may be the first to bring the wamid.
  const attempt = concernedAttempt(world, update, before) ?? concernedAttempt(world, update, after);
  if (!concernedAttempt(world, update, before) && unmatched.includes(update)) return [];
  if (!attempt) return [`${wamid} was taken for ours`];
  if (unmatched.includes(update)) return [`${wamid} is ours and was not matched`];
  const told = statusOfAttempt(after, attempt.recipientId, attempt.attemptId);
  const isApplied = (rank[told ?? ""] ?? -1) >= (rank[status] ?? 9);
  return isApplied ? [] : [`${wamid} is ${status}, its attempt ${told}`];
}

/** Returns the status of a recipient's current or replaced attempt; null if it isn't stored. */
function statusOfAttempt(
  { rows, archive }: Snapshot,
  recipientId: string,
  attemptId: string,
): string | null {
  const current = rows.find((row) => String(row.id) === recipientId);
  if (current?.attempt_id === attemptId) return current.status;
  const replaced = archive.find(
    (each) => String(each.recipient_id) === recipientId && each.attempt_id === attemptId,
  );
  return replaced?.status ?? null;
}

function rowOf({ rows }: Snapshot, recipientId: string): Row | undefined {
  return rows.find((row) => String(row.id) === recipientId);
}

function statusOf(snapshot: Snapshot, { id }: Row): string | undefined {
  return rowOf(snapshot, String(id))?.status;
}
