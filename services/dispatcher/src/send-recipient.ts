import { classifyDatabaseFailure } from "@loudhailer/db/database-failure.ts";
import type { ClaimedRecipient } from "@loudhailer/pacing/claim-recipients.ts";
import type { Claimer, ClaimAnswer, TimedClaim, TimedSlot } from "@loudhailer/pacing/claimer.ts";
import type { Pacer } from "@loudhailer/pacing/pacer.ts";
import type { Throttle } from "@loudhailer/pacing/throttle.ts";
import type { JobOutcome } from "@loudhailer/queue/send-worker.ts";
import type { Log } from "@loudhailer/runtime/log.ts";
import type { GraphClient } from "@loudhailer/whatsapp/graph-client.ts";
import type { CircuitBreaker } from "./circuit-breaker.ts";
import type { Settle } from "./create-settle.ts";
import { decideSettlement, putBack, type Consequence, type Decision } from "./decide-settlement.ts";
import type { BroadcastLoader, SendingBroadcast } from "./load-broadcast.ts";
import type { RowRefusals } from "./watch-row-refusals.ts";

export interface SendDeps {
  settle: Settle;
  broadcasts: BroadcastLoader;
  graph: GraphClient;
  rowRefusals: RowRefusals;
  carryOut(
    consequence: Consequence,
    message: { broadcast: SendingBroadcast; throttle: Throttle; leftAt: number },
  ): Promise<void>;
  /** Pauses a broadcast whose messages can't be made. */
  pauseForFault(broadcast: { organizationId: string; broadcastId: string }): Promise<unknown>;
  onOutcome(status: Decision["settlement"]["status"]): void;
  log: Log;
}

/** Sending state of one phone number that this dispatcher serves. */
export interface OpenNumber {
  claimer: Claimer;
  pacer: Pacer;
  throttle: Throttle;
  circuitBreaker: CircuitBreaker;
}

// The database is away or a broadcast can't be read: nothing was sent, and the job is retried.
const notClaimedDelayMs = 2_000;
// This process stops, so another replica takes the job.
const closedDelayMs = 100;
// The row becomes due by the database's clock, and the job must not return before that.
const dueMarginMs = 100;
// The feeder queues recipients that wait longer once they are due: the queue holds only messages
// that are sent soon.
const delayMsMax = 30_000;
/**
 * Maximum age of a claim that is still sent, since other dispatchers may consider this process dead
 * after a long stop. It is well below the 15 s after which the sweep takes claims away.
 */
const claimAgeMsMax = 5_000;

/** Claims, renders, sends and settles one message. Never throws for a reason in the data. */
export async function sendRecipient(
  deps: SendDeps,
  number: OpenNumber,
  recipientId: string,
): Promise<JobOutcome> {
  if (!(await number.circuitBreaker.pass())) return { delayMs: closedDelayMs };
  let claim: ClaimAnswer;
  try {
    claim = await number.claimer.claim(recipientId);
  } catch {
    // Logged once for the whole batch.
    return { delayMs: notClaimedDelayMs };
  }
  if (claim === "gone") return "done";
  if (claim === "closed") return { delayMs: closedDelayMs };

  const { settlement } = await attempt(deps, number, claim);
  await deps.settle(settlement);
  deps.onOutcome(settlement.status);
  if (settlement.status !== "pending" || settlement.delayMs > delayMsMax) return "done";
  return { delayMs: settlement.delayMs + dueMarginMs };
}

async function attempt(
  deps: SendDeps,
  number: OpenNumber,
  { recipient, askedAt, ...slot }: TimedClaim,
): Promise<Decision> {
  let broadcast: SendingBroadcast;
  let body: string;
  try {
    broadcast = await deps.broadcasts.load(recipient.broadcastId);
    body = broadcast.template.render({
      to: recipient.phone,
      values: recipient.variables,
      callbackData: recipient.id,
    });
    await waitForSlot(number, slot);
  } catch (error) {
    await reactToFault(deps, recipient, error);
    return notSent(recipient);
  }
  const leftAt = performance.now();
  if (leftAt - askedAt > claimAgeMsMax) return notSent(recipient);

  const decision = await send(deps, number.circuitBreaker, { recipient, broadcast, body });
  const { consequence } = decision;
  if (consequence)
    await carryOut(deps, consequence, { broadcast, throttle: number.throttle, leftAt });
  return decision;
}

async function send(
  { graph, rowRefusals }: SendDeps,
  circuitBreaker: CircuitBreaker,
  message: { recipient: ClaimedRecipient; broadcast: SendingBroadcast; body: string },
): Promise<Decision> {
  const { recipient, broadcast, body } = message;
  const { phoneNumberId, accessToken, marketingCap } = broadcast;
  if (accessToken === null) {
    const consequence = { kind: "pause", scope: "token", reason: "token_unreadable" } as const;
    return { ...notSent(recipient), consequence };
  }
  const outcome = await graph.sendMessage({ phoneNumberId, accessToken, body });
  circuitBreaker.report(outcome);
  const isMetaAway = circuitBreaker.awaySince() !== null;
  const decision = decideSettlement(recipient, outcome, { marketingCap, isMetaAway });
  if (rowRefusals.isSystematic(broadcast.id, decision.isRowRefused)) {
    const consequence = { kind: "pause", scope: "broadcast", reason: "rows_refused" } as const;
    return { ...decision, consequence };
  }
  return decision;
}

async function waitForSlot({ claimer, pacer }: OpenNumber, first: TimedSlot): Promise<void> {
  let slot = first;
  while ((await pacer.wait(slot)) === "missed") slot = await claimer.nextSlot(slot);
}

function notSent(recipient: ClaimedRecipient): Decision {
  const claim = { recipientId: recipient.id, attemptId: recipient.attemptId };
  const settlement = putBack(claim, notClaimedDelayMs, null);
  return { settlement, consequence: null, isRowRefused: false };
}

/**
 * Pauses the broadcast if its message couldn't be made for a reason that another attempt doesn't
 * remove, such as a malformed template.
 */
async function reactToFault(
  deps: SendDeps,
  { id, organizationId, broadcastId }: ClaimedRecipient,
  error: unknown,
): Promise<void> {
  deps.log.error({ err: error, recipientId: id, broadcastId }, "message could not be prepared");
  if (classifyDatabaseFailure(error).kind === "away") return;
  try {
    await deps.pauseForFault({ organizationId, broadcastId });
  } catch (failure) {
    deps.log.error({ err: failure, broadcastId }, "broadcast could not be paused");
  }
}

/** Carries out a consequence. Logs a failure, since the next refusal has the same consequence. */
async function carryOut(
  deps: SendDeps,
  consequence: Consequence,
  message: Parameters<SendDeps["carryOut"]>[1],
): Promise<void> {
  try {
    await deps.carryOut(consequence, message);
  } catch (error) {
    deps.log.error({ err: error, consequence: consequence.kind }, "consequence failed");
  }
}
