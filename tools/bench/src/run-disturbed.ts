import { setTimeout as wait } from "node:timers/promises";
import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";
import { addBroadcast } from "./add-broadcast.ts";
import { checkInvariants, type Allowed } from "./check-invariants.ts";
import type { Fleet } from "./open-fleet.ts";
import { round } from "./round.ts";
import type { Stack } from "./start-stack.ts";
import { areWebhooksTaken } from "./wait-for-webhooks.ts";

/** Processes that a scenario disturbs. */
export interface Disturbed {
  stack: Stack;
  fleet: Fleet;
  /** Records a violation without ending the run. */
  violate(violation: string): void;
}

export interface ChaosScenario {
  name: string;
  /** Length of the broadcast if it weren't disturbed. */
  seconds: number;
  allowed: Allowed;
  disturb(disturbed: Disturbed): Promise<void>;
}

export interface DisturbedRun {
  violations: string[];
  unknown: number;
  seconds: number;
  busiestSecondOverRate: number;
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
  const phoneNumberId = String(nextNumber++);
  const { accepted: before } = await simulator.ledger();
  const recipients = messagesPerSecond * scenario.seconds;
  const broadcastId = await addBroadcast(stack, { phoneNumberId, messagesPerSecond, recipients });
  await sql`
    update whatsapp_broadcasts set status = 'sending', started_at = now() where id = ${broadcastId}
  `.execute(db);

  const lostBefore = fleet.lost();
  await scenario.disturb({ stack, fleet, violate });
  await simulator.control({ faults: noFaults, webhooksPausedMs: 0 });
  await fleet.complete();
  await waitForEnd(db, broadcastId, scenario.seconds * 1_000 + extraMsMax);
  if (!(await areWebhooksTaken(simulator))) violate("webhooks are still not taken");
  fleet.members();
  if (fleet.lost() > lostBefore) violate(`${fleet.lost() - lostBefore} dispatchers ended`);
  for (const service of [stack.api, stack.webhook]) {
    if (!service.process().isRunning()) violate(`the ${service.name} service ended`);
  }
  const accepted = await simulator.accepted(phoneNumberId, before);
  const report = await checkInvariants(db, broadcastId, accepted, scenario.allowed);
  const { maxPerSecond } = await simulator.numberLedger(phoneNumberId);
  return {
    violations: [...violations, ...report.violations],
    unknown: report.unknown,
    seconds: round((performance.now() - startedAt) / 1_000),
    busiestSecondOverRate: round(maxPerSecond / messagesPerSecond),
  };
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

/** Waits until the broadcast ends or `timeoutMs` has passed, which the invariants then report. */
async function waitForEnd(
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
    if (broadcast.status !== "sending") return;
    await wait(100);
  }
}
