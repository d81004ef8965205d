import { broadcastCounts } from "@loudhailer/testing/broadcast-counts.ts";
import { expect } from "vitest";
import { doDeed, type Answer } from "./do-deed.ts";
import { heardFaults } from "./heard-faults.ts";
import { faultOf, rowFaultOf } from "./move-faults.ts";
import { look, type Look, type Move } from "./recipient-history.ts";
import { mayMove, opens } from "./recipient-moves.ts";
import type { Step } from "./recipient-steps.ts";
import type { Control, Deed, World } from "./recipient-world.ts";

/**
 * Takes `steps` at once and holds the database to its rules: each move it made is one that one of
 * them may make, counters equal the rows, a broadcast ends with its last recipient. A single step
 * must also have done all that it should.
 */
export async function takeSteps(
  control: Control,
  world: World,
  steps: readonly Step[],
  before: Look,
): Promise<Look> {
  const deeds = steps.map((step) => world.resolve(step));
  const answers = await Promise.all(deeds.map((deed) => doDeed(control, world, deed)));
  const [after, counts] = await Promise.all([
    look(control.owner, world),
    broadcastCounts(control.owner, world.broadcastId),
  ]);
  expect(after.moves.flatMap((move) => wordsOf(move, { deeds, before, after, world }))).toEqual([]);
  expect(deeds.flatMap((deed, at) => claimFaults(deed, answers[at], after.moves))).toEqual([]);
  expect(broadcastFaults(deeds, before, after)).toEqual([]);
  expect(after.rows.map(rowFaultOf).filter((fault) => fault !== null)).toEqual([]);
  expect(counts.counters).toEqual(counts.rows);
  const [deed, other] = deeds;
  const [answer] = answers;
  if (deed && answer && !other) {
    expect(heardFaults(deed, answer, { before, after })).toEqual([]);
  }
  return after;
}

/** The move in words where it breaks a rule. */
function wordsOf(
  move: Move,
  around: { deeds: readonly Deed[]; before: Look; after: Look; world: World },
): string[] {
  const { deeds, before, after, world } = around;
  const id = String(move.before.id);
  const circumstances = {
    before,
    deeds,
    optedOut: after.optedOut,
    marketingCap: world.marketingCap,
  };
  const fault =
    faultOf(move) ??
    (deeds.some((deed) => mayMove(deed, move, circumstances)) ? null : "nobody may do that");
  if (fault === null) return [];
  return [
    `recipient ${id}, ${move.before.status} → ${move.after.status}: ${fault}; ${JSON.stringify({ ...move, deeds })}`,
  ];
}

/** A claim's caller is told of its own recipients, all of them and nobody else's. */
function claimFaults(deed: Deed, answer: Answer | undefined, moves: readonly Move[]): string[] {
  if (deed.do !== "claim" || !answer) return [];
  const own = moves
    .filter(({ before, after }) => before.status === "pending" && after.claim_id === deed.claimId)
    .map(({ after }) => String(after.id));
  const told = answer.claimed;
  const isSame = own.length === told.length && new Set([...own, ...told]).size === own.length;
  return isSame ? [] : [`${told.join()} told of a claim of ${own.join()}`];
}

const endings: Record<string, Deed["do"][]> = {
  paused: ["pause"],
  sending: opens,
  completed: ["complete"],
  failed: ["complete"],
  canceled: ["cancel"],
};

function broadcastFaults(
  deeds: readonly Deed[],
  { broadcast: before }: Look,
  { broadcast, rows }: Look,
): string[] {
  const { status, completed_at, failed_at, failure_reason, pause_reason } = broadcast;
  const hasEnded = completed_at !== null || failed_at !== null;
  const open = rows.filter((row) => row.status === "pending" || row.status === "sending");
  const mayBe = endings[status] ?? [];
  const faults = {
    "nobody may change it": status !== before.status && !deeds.some((d) => mayBe.includes(d.do)),
    "canceled is final": before.status === "canceled" && status !== "canceled",
    "ended with open recipients": hasEnded && open.length > 0,
    "completed, no moment": status === "completed" && completed_at === null,
    "failed, no moment or reason": status === "failed" && (!failed_at || !failure_reason),
    "ended, yet goes on": ["sending", "paused"].includes(status) && (hasEnded || failure_reason),
    "a reason, not paused": status !== "paused" && pause_reason !== null,
    "paused, no reason": status === "paused" && pause_reason === null,
  };
  return Object.entries(faults)
    .filter(([, isTrue]) => isTrue)
    .map(([fault]) => `broadcast ${before.status} → ${status}: ${fault}`);
}
