import * as fc from "fast-check";
import { expect, test } from "vitest";
import { takeSteps } from "../testing/check-deeds.ts";
import { takeSnapshot, recordMoves } from "../testing/recipient-history.ts";
import {
  lastSteps,
  recipientsMax,
  step,
  stepAlone,
  type Step,
} from "../testing/recipient-steps.ts";
import { createWorld } from "../testing/recipient-world.ts";
import { useControl } from "../testing/test-control.ts";

const { PROPERTY_RUNS, PROPERTY_SEED, PROPERTY_PATH } = process.env;
/** fast-check prints the seed and path of a failure; with both set, that example runs first. */
const parameters = {
  numRuns: Number(PROPERTY_RUNS ?? 120),
  seed: Number(PROPERTY_SEED ?? 20_261_124),
  ...(PROPERTY_PATH === undefined ? {} : { path: PROPERTY_PATH }),
};
const shrinkingMs = 300_000;
const timeout = shrinkingMs + parameters.numRuns * 1_000;

const control = await useControl();
await recordMoves(control.owner);

type Broadcast = Parameters<typeof createWorld>[1];
const broadcast: fc.Arbitrary<Broadcast> = fc.record({
  recipients: fc.integer({ min: 3, max: recipientsMax }),
  attempts: fc.constantFrom(0, 0, 2),
  marketingCap: fc.constantFrom("fail" as const, "retry_after_24h" as const),
});

/**
 * Runs the groups of steps one after another, the steps of each group at once. Returns the open
 * recipients at the end and whether the broadcast has ended.
 */
async function runGroups(options: Broadcast, groups: readonly Step[][]) {
  const world = await createWorld(control, options);
  let now = await takeSnapshot(control.owner, world);
  for (const group of groups) now = await takeSteps(control, world, group, now);
  for (const last of lastSteps) now = await takeSteps(control, world, [last], now);
  const { completed_at, failed_at } = now.broadcast;
  const statuses = now.rows.map((row) => row.status);
  const open = statuses.filter((status) => status === "pending" || status === "sending");
  return { open, hasEnded: completed_at !== null || failed_at !== null };
}

const allSettled = { open: [], hasEnded: true };

test(
  "each attempt only rises in rank, no claim takes a person who has the message, and counters equal the rows after any order of steps and failovers",
  { timeout },
  async () => {
    const steps = fc.array(stepAlone, { maxLength: 30, size: "max" });
    await fc.assert(
      fc.asyncProperty(broadcast, steps, async (options, inTurn) => {
        const groups = inTurn.map((each) => [each]);
        expect(await runGroups(options, groups)).toEqual(allSettled);
      }),
      parameters,
    );
  },
);

test(
  "each attempt only rises in rank, no claim takes a person who has the message, and counters equal the rows after concurrent steps, without a deadlock",
  { timeout },
  async () => {
    const together = fc.array(step, { minLength: 2, maxLength: 4 });
    const groups = fc.array(together, { maxLength: 8, size: "max" });
    await fc.assert(
      fc.asyncProperty(broadcast, groups, async (options, inTurn) => {
        expect(await runGroups(options, inTurn)).toEqual(allSettled);
      }),
      parameters,
    );
  },
);
