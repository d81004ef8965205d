import { classifyDatabaseFailure } from "@loudhailer/db/database-failure.ts";
import type { ClaimedRecipient } from "@loudhailer/pacing/claim-recipients.ts";
import type { Claimer, PacedClaim } from "@loudhailer/pacing/claimer.ts";
import type { Pacer } from "@loudhailer/pacing/pacer.ts";
import type { Throttle } from "@loudhailer/pacing/throttle.ts";
import { claimAgeMsMax } from "@loudhailer/pacing/tuning.ts";
import type { JobOutcome } from "@loudhailer/queue/send-worker.ts";
import type { Log } from "@loudhailer/runtime/log.ts";
import { formatCallbackData } from "@loudhailer/whatsapp/callback-data.ts";
import type { GraphClient } from "@loudhailer/whatsapp/graph-client.ts";
import type { CircuitBreaker } from "./circuit-breaker.ts";
import type { Settle } from "./create-settle.ts";
import { decideSettlement, putBack, type Consequence, type Decision } from "./decide-settlement.ts";
import type { BroadcastLoader, SendingBroadcast } from "./load-broadcast.ts";
import type { RowRefusals } from "./watch-row-refusals.ts";

export interface SendDeps {
  /** Part of each message's callback data; see readInstallationId. */
  installationId: string;
  settle: Settle;
  broadcasts: BroadcastLoader;
  graph: GraphClient;
  rowRefusals: RowRefusals;
  carryOut(
    consequence: Consequence,
    message: { broadcast: SendingBroadcast; number: OwnNumber; leftAt: number },
  ): Promise<void>;
  /** Pauses a broadcast whose messages can't be made. */
  pauseForFault(broadcast: { organizationId: string; broadcastId: string }): Promise<unknown>;
  onOutcome(status: Decision["settlement"]["status"]): void;
  log: Log;
}

/** Sending state of one phone number that this dispatcher owns. */
export interface OwnNumber {
  claimer: Claimer;
  pacer: Pacer;
  throttle: Throttle;
  circuitBreaker: CircuitBreaker;
}

// The database is away or a broadcast can't be read: nothing was sent, and the job is retried.
const notClaimedDelayMs = 2_000;
// The number's next owner takes the job.
const closedDelayMs = 100;
// The row becomes due by the database's clock, and the job must not return before that.
const dueMarginMs = 100;
// The feeder queues recipients that wait longer once they are due: the queue holds only messages
// that are sent soon.
const delayMsMax = 30_000;
/** Claims, renders, sends and settles one message. Never throws for a reason in the data. */
export async function sendRecipient(
  deps: SendDeps,
  number: OwnNumber,
  recipientId: string,
): Promise<JobOutcome> {
  if (!(await number.circuitBreaker.pass())) return { delayMs: closedDelayMs };
  const claim = await number.claimer.claim(recipientId);
  if (claim === "gone") return "done";
  if (claim === "closed") return { delayMs: closedDelayMs };
  if (claim === "failed") return { delayMs: notClaimedDelayMs };

  const { settlement } = await attempt(deps, number, claim);
  await deps.settle(settlement);
  deps.onOutcome(settlement.status);
  if (settlement.status !== "pending" || settlement.delayMs > delayMsMax) return "done";
  return { delayMs: settlement.delayMs + dueMarginMs };
}

async function attempt(
  deps: SendDeps,
  number: OwnNumber,
  { recipient, departure: turn, askedAt }: PacedClaim,
): Promise<Decision> {
  let broadcast: SendingBroadcast;
  let body: string;
  try {
    broadcast = await deps.broadcasts.load(recipient.broadcastId, recipient.contentVersion);
    body = broadcast.template.render({
      to: recipient.phone,
      values: recipient.variables,
      callbackData: formatCallbackData(deps.installationId, recipient.id, recipient.attemptId),
    });
  } catch (error) {
    void turn.then((departure) => departure?.end());
    await reactToFault(deps, recipient, error);
    return notSent(recipient);
  }
  const departure = await turn;
  if (departure === null) return notSent(recipient);
  const mayLeave = () => performance.now() - askedAt < claimAgeMsMax && departure.mayLeave();
  const message = { recipient, broadcast, body, mayLeave };
  const decision = await send(deps, number.circuitBreaker, message);
  departure.end();
  const leftAt = departure.leftAt() ?? performance.now();
  const { consequence } = decision;
  if (consequence) await carryOut(deps, consequence, { broadcast, number, leftAt });
  return decision;
}

async function send(
  { graph, rowRefusals }: SendDeps,
  circuitBreaker: CircuitBreaker,
  message: {
    recipient: ClaimedRecipient;
    broadcast: SendingBroadcast;
    body: string;
    mayLeave(): boolean;
  },
): Promise<Decision> {
  const { recipient, broadcast, body, mayLeave } = message;
  const { phoneNumberId, accessToken, marketingCap } = broadcast;
  if (accessToken === null) {
    const consequence = { kind: "pause", scope: "token", reason: "token_unreadable" } as const;
    return { ...notSent(recipient), consequence };
  }
  let isStopped = false;
  const outcome = await graph.sendMessage({
    phoneNumberId,
    accessToken,
    body,
    mayLeave: () => !(isStopped = !mayLeave()),
  });
  // Meta had no part in this.
  if (isStopped) return notSent(recipient);
  circuitBreaker.report(outcome);
  const isMetaAway = circuitBreaker.awaySince() !== null;
  const decision = decideSettlement(recipient, outcome, { marketingCap, isMetaAway });
  if (rowRefusals.isSystematic(broadcast.id, decision.isRowRefused)) {
    const consequence = { kind: "pause", scope: "broadcast", reason: "rows_refused" } as const;
    return { ...decision, consequence };
  }
  return decision;
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
