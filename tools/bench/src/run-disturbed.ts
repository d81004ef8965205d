import { setTimeout as wait } from "node:timers/promises";
import type { Database } from "@loudhailer/db/database.ts";
import type { Kysely } from "kysely";
import { z } from "zod";
import type { Operator } from "./add-operator.ts";
import { checkInvariants, type Allowed } from "./check-invariants.ts";
import type { Fleet } from "./open-fleet.ts";
import { round } from "./round.ts";
import type { AcceptedMessage } from "./simulator-client.ts";
import { stageBroadcast } from "./stage-broadcast.ts";
import type { DatabaseFront } from "./start-infrastructure.ts";
import type { Stack } from "./start-stack.ts";
import { areWebhooksTaken } from "./wait-for-webhooks.ts";

/** Processes and the broadcast that a scenario disturbs. */
export interface Disturbed extends ChaosSetup {
  broadcastId: string;
  phoneNumberId: string;
  /**
   * The organization behind the broadcast.
   * @throws Error if the scenario isn't `byOperator`
   */
  operator(): Operator;
  /** Records a violation without ending the run. */
  violate(violation: string): void;
  /** Allows these recipients to be told twice: an operator has the message sent again to them. */
  resend(recipientIds: readonly string[]): void;
  /** Adds a figure to the run's result. */
  note(figures: object): void;
  /** Has this check made after the last status, beside the invariants. */
  verify(check: (accepted: readonly AcceptedMessage[]) => Promise<void>): void;
}

/** The version under test doesn't have what a scenario needs. */
class NotOfferedError extends Error {
  constructor(what: string) {
    super(`not offered by this version: ${what}`);
    this.name = "NotOfferedError";
  }
}

export interface ChaosScenario {
  name: string;
  /** Length of the broadcast if it weren't disturbed. */
  seconds: number;
  allowed: Allowed;
  /** What stands in front of PostgreSQL. A scenario with a standby uses its servers up. */
  front?: DatabaseFront;
  /** True if the broadcast goes to contacts and is launched through the API. */
  byOperator?: true;
  /** Runs before the broadcast starts. */
  prepare?(disturbed: Disturbed): Promise<void>;
  disturb(disturbed: Disturbed): Promise<void>;
}

export interface DisturbedRun {
  violations: string[];
  /** Why the scenario wasn't run. */
  skipped?: string;
  unknown: number;
  seconds: number;
  busiestSecondOverRate: number;
  notes: object;
}

export interface ChaosSetup {
  stack: Stack;
  fleet: Fleet;
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

const running = z.enum(["preparing", "sending"]);

/**
 * Waits until the broadcast isn't running or `timeoutMs` has passed, which the invariants then
 * report.
 */
export async function waitForEnd(
  db: Kysely<Database>,
  broadcastId: string,
  timeoutMs: number,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    const broadcast = await db
      .selectFrom("whatsapp_broadcasts")
      .where("id", "=", broadcastId)
      .select("status")
      .executeTakeFirstOrThrow();
    if (!running.safeParse(broadcast.status).success) return;
    await wait(100);
  }
}
