import {
  NotOfferedError,
  type ChaosScenario,
  type ChaosSetup,
  type Disturbed,
} from "./chaos-scenario.ts";
import { checkInvariants } from "./check-invariants.ts";
import { round } from "./round.ts";
import { stageBroadcast } from "./stage-broadcast.ts";
import { waitForEnd } from "./wait-for-end.ts";
import { areWebhooksTaken } from "./wait-for-webhooks.ts";

export interface DisturbedRun {
  violations: string[];
  /** Why the scenario wasn't run. */
  skipped?: string;
  unknown: number;
  seconds: number;
  busiestSecondOverRate: number;
  notes: object;
}

const messagesPerSecond = 200;
/**
 * Milliseconds allowed beyond the broadcast's own length: lost claims take 15 s, a request that
 * hangs takes 30 s.
 */
const extraMsMax = 180_000;

let nextNumber = 1_000;

/** Runs one broadcast under one disturbance until it ends, then checks it. */
export async function runDisturbed(
  { stack, fleet }: ChaosSetup,
  scenario: ChaosScenario,
): Promise<DisturbedRun> {
  const { db, simulator } = stack;
  const startedAt = performance.now();
  const violations: string[] = [];
  const violate = (violation: string) => void violations.push(violation);
  const resent = new Set(scenario.allowed.resent);
  const notes = {};
  const checks: Parameters<Disturbed["verify"]>[0][] = [];
  const phoneNumberId = String(nextNumber++);
  const { accepted: before } = await simulator.ledger();
  const staged = await stageBroadcast(
    stack,
    { phoneNumberId, messagesPerSecond, recipients: messagesPerSecond * scenario.seconds },
    scenario.byOperator ?? false,
  );
  const { broadcastId } = staged;
  const lostBefore = fleet.lost();
  const skipped = await disturb(scenario, staged.start, {
    stack,
    fleet,
    broadcastId,
    phoneNumberId,
    operator: staged.operator,
    violate,
    resend: (ids) => ids.forEach((id) => resent.add(id)),
    note: (figures) => void Object.assign(notes, figures),
    verify: (check) => void checks.push(check),
  });
  await simulator.control({ faults: noFaults, webhooksPausedMs: 0 });
  await fleet.complete();
  await waitForEnd(db, broadcastId, scenario.seconds * 1_000 + extraMsMax);
  const seconds = () => round((performance.now() - startedAt) / 1_000);
  if (skipped !== undefined) {
    return { violations, skipped, unknown: 0, seconds: seconds(), busiestSecondOverRate: 0, notes };
  }
  if (!(await areWebhooksTaken(simulator))) violate("webhooks are still not taken");
  fleet.members();
  if (fleet.lost() > lostBefore) violate(`${fleet.lost() - lostBefore} dispatchers ended`);
  for (const service of [stack.api, stack.webhook]) {
    if (!service.process().isRunning()) violate(`the ${service.name} service ended`);
  }
  const accepted = await simulator.accepted(phoneNumberId, before);
  for (const check of checks) await check(accepted);
  const report = await checkInvariants(db, broadcastId, accepted, { ...scenario.allowed, resent });
  const { maxPerSecond } = await simulator.numberLedger(phoneNumberId);
  return {
    violations: [...violations, ...report.violations],
    unknown: report.unknown,
    seconds: seconds(),
    busiestSecondOverRate: round(maxPerSecond / messagesPerSecond),
    notes,
  };
}

/** Starts the broadcast and disturbs it. Returns why it couldn't, if the version lacks something. */
async function disturb(
  scenario: ChaosScenario,
  start: () => Promise<void>,
  disturbed: Disturbed,
): Promise<string | undefined> {
  try {
    await scenario.prepare?.(disturbed);
    await start();
    await scenario.disturb(disturbed);
    return undefined;
  } catch (error) {
    if (error instanceof NotOfferedError) return error.message;
    throw error;
  }
}

const noFaults = {
  cutBefore: 0,
  cutAfter: 0,
  hangBefore: 0,
  hangAfter: 0,
  error5xx: 0,
  html: 0,
  rateLimited: 0,
  webhookRepeat: 0,
  webhookReorder: 0,
};
