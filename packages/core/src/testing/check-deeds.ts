import { broadcastCounts } from "@loudhailer/testing/broadcast-counts.ts";
import { expect } from "vitest";
import { doDeed, type Answer } from "./do-deed.ts";
import { missingEffects } from "./missing-effects.ts";
import { forgottenMessages, moveErrorOf, snapshotErrors } from "./move-errors.ts";
import { takeSnapshot, type Snapshot, type Move } from "./recipient-history.ts";
import { mayMove, reopeningDeeds } from "./recipient-moves.ts";
import { newsOf } from "./recipient-news.ts";
import type { Step } from "./recipient-steps.ts";
import type { Control, Deed, World } from "./recipient-world.ts";

/**
 * Runs `steps` at once and checks the database's rules: each move is allowed by one of the steps,
 * counters equal the rows, and a broadcast ends with its last recipient. A single step must also
 * have had all of its effects.
 */
export async function takeSteps(
  control: Control,
  world: World,
  steps: readonly Step[],
  before: Snapshot,
): Promise<Snapshot> {
  const deeds = steps.map((step) => world.resolve(step));
  const answers = await Promise.all(deeds.map((deed) => doDeed(control, world, deed)));
  const isLost = deeds.some((deed) => deed.do === "fail-over");
  const [after, counts] = await Promise.all([
    takeSnapshot(control.owner, world),
    broadcastCounts(control.owner, world.broadcastId),
  ]);
  if (!isLost) expect(claimsOfReached(world, before, after)).toEqual([]);
  const unmatched = answers.flatMap((answer) => answer.unmatched);
  world.ledger.hear(deeds.flatMap((deed) => newsOf(world, deed, unmatched)));
  if (!isLost) {
    const around = { deeds, before, after, world };
    expect(after.moves.flatMap((move) => describeMove(move, around))).toEqual([]);
    expect(forgottenMessages(after.moves, after)).toEqual([]);
    expect(broadcastErrors(deeds, before, after)).toEqual([]);
  }
  expect(deeds.flatMap((deed, at) => claimErrors(deed, answers[at], after.moves))).toEqual([]);
  expect(snapshotErrors(after)).toEqual([]);
  expect(counts.counters).toEqual(counts.rows);
  const [deed, other] = deeds;
  const [answer] = answers;
  if (deed && answer && !other) {
    expect(missingEffects(deed, answer, { world, before, after })).toEqual([]);
  }
  world.ledger.record(after);
  return after;
}

/**
 * Returns an error for each recipient who was claimed though a message of theirs, or of a contact who
 * was merged into theirs, was known to have reached the person before.
 */
function claimsOfReached(world: World, before: Snapshot, { moves }: Snapshot): string[] {
  return moves
    .filter((move) => move.before.status === "pending" && move.after.status === "sending")
    .filter(({ before: { id } }) =>
      before.rows
        .filter((row) => row.id === id || row.merged_into === id)
        .map((row) => String(row.id))
        .some((each) => world.ledger.hasMessage(each, world.attemptsOf(each))),
    )
    .map(({ before: { id } }) => `recipient ${id} is sent to again`);
}

/** Describes the move if it breaks a rule. */
function describeMove(
  move: Move,
  around: { deeds: readonly Deed[]; before: Snapshot; after: Snapshot; world: World },
): string[] {
  const { deeds, before, after, world } = around;
  const id = String(move.before.id);
  const circumstances = {
    before,
    deeds,
    news: deeds
      .flatMap((deed) => newsOf(world, deed))
      .filter(({ recipientId }) => recipientId === id),
    wasTold: world.ledger.wasTold,
    optedOut: after.optedOut,
    marketingCap: world.marketingCap,
  };
  const error =
    moveErrorOf(move) ??
    (deeds.some((deed) => mayMove(deed, move, circumstances)) ? null : "nobody may do that");
  if (error === null) return [];
  return [
    `recipient ${id}, ${move.before.status} → ${move.after.status}: ${error}; ${JSON.stringify({ ...move, deeds })}`,
  ];
}

/** Checks that a claim returned exactly the recipients that it claimed. */
function claimErrors(deed: Deed, answer: Answer | undefined, moves: readonly Move[]): string[] {
  if (deed.do !== "claim" || !answer) return [];
  const own = moves
    .filter(
      ({ before, after }) => before.status === "pending" && after.attempt_id === deed.attemptId,
    )
    .map(({ after }) => String(after.id));
  const reported = answer.claimed;
  const isSame =
    own.length === reported.length && new Set([...own, ...reported]).size === own.length;
  return isSame ? [] : [`${reported.join()} told of a claim of ${own.join()}`];
}

const endings: Record<string, Deed["do"][]> = {
  paused: ["pause"],
  sending: reopeningDeeds,
  completed: ["complete"],
  failed: ["complete"],
  canceled: ["cancel"],
};

function broadcastErrors(
  deeds: readonly Deed[],
  { broadcast: before }: Snapshot,
  { broadcast, rows }: Snapshot,
): string[] {
  const { status, completed_at, failed_at, failure_reason, pause_reason } = broadcast;
  const hasEnded = completed_at !== null || failed_at !== null;
  const open = rows.filter((row) => row.status === "pending" || row.status === "sending");
  const allowed = endings[status] ?? [];
  const errors = {
    "nobody may change it": status !== before.status && !deeds.some((d) => allowed.includes(d.do)),
    "canceled is final": before.status === "canceled" && status !== "canceled",
    "ended with open recipients": hasEnded && open.length > 0,
    "completed, no moment": status === "completed" && completed_at === null,
    "failed, no moment or reason": status === "failed" && (!failed_at || !failure_reason),
    "ended, yet goes on": ["sending", "paused"].includes(status) && (hasEnded || failure_reason),
    "a reason, not paused": status !== "paused" && pause_reason !== null,
    "paused, no reason": status === "paused" && pause_reason === null,
  };
  return Object.entries(errors)
    .filter(([, isTrue]) => isTrue)
    .map(([error]) => `broadcast ${before.status} → ${status}: ${error}`);
}
