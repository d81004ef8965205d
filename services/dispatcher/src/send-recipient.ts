import type { ClaimedRecipient } from "@loudhailer/db/claim-recipients.ts";
import type { JobOutcome } from "@loudhailer/queue/send-worker.ts";
import type { Logger } from "@loudhailer/runtime/logger.ts";
import type { GraphClient } from "@loudhailer/whatsapp/graph-client.ts";
import type { Settle } from "./create-settle.ts";
import { decideSettlement, putBack, type Consequence, type Decision } from "./decide-settlement.ts";
import type { BroadcastLoader, SendingBroadcast } from "./load-broadcast.ts";
import type { Claim, ClaimAnswer, TimedClaim } from "./open-claim.ts";
import type { Pace, Slot } from "./open-pace.ts";

export interface SendDeps {
  settle: Settle;
  broadcasts: BroadcastLoader;
  graph: GraphClient;
  carryOut(consequence: Consequence, broadcast: SendingBroadcast): Promise<void>;
  onOutcome(status: Decision["settlement"]["status"]): void;
  log: Logger;
}

/** What belongs to one phone number. */
export interface SendingNumber {
  claim: Claim;
  pace: Pace;
}

// The database is away or a broadcast can't be read: nothing has left, the job comes again.
const notClaimedDelayMs = 2_000;
// This process stops: another replica takes the job.
const closedDelayMs = 100;
// The row becomes due by the database's clock; the job must not come back before it.
const dueMarginMs = 100;
/**
 * A claim older than this isn't sent any more: the process may have been stopped for so long
 * that others hold it for dead. Well below the 15 s after which the sweep takes claims away.
 */
const claimAgeMsMax = 5_000;

/** The way of one message: claim, render, send, settle. Never throws for a reason in the data. */
export async function sendRecipient(
  deps: SendDeps,
  number: SendingNumber,
  recipientId: string,
): Promise<JobOutcome> {
  let claim: ClaimAnswer;
  try {
    claim = await number.claim.claim(recipientId);
  } catch {
    // Logged once for the whole batch.
    return { delayMs: notClaimedDelayMs };
  }
  if (claim === "gone") return "done";
  if (claim === "closed") return { delayMs: closedDelayMs };

  const { settlement, consequence, broadcast } = await attempt(deps, number, claim);
  if (consequence && broadcast) await carryOut(deps, consequence, broadcast);
  await deps.settle(settlement);
  deps.onOutcome(settlement.status);
  return settlement.status === "pending" ? { delayMs: settlement.delayMs + dueMarginMs } : "done";
}

async function attempt(
  deps: SendDeps,
  number: SendingNumber,
  { recipient, askedAt, slotAt, lateMsMax }: TimedClaim,
): Promise<Decision & { broadcast: SendingBroadcast | null }> {
  let broadcast: SendingBroadcast;
  let body: string;
  try {
    broadcast = await deps.broadcasts.load(recipient.broadcastId);
    body = broadcast.template.render({
      to: recipient.phone,
      values: recipient.variables,
      callbackData: recipient.id,
    });
    const { messagesPerSecond } = recipient;
    await waitForSlot(number, { slotAt, lateMsMax, messagesPerSecond });
  } catch (error) {
    deps.log.error({ err: error, recipientId: recipient.id }, "message could not be prepared");
    return { ...notSent(recipient), broadcast: null };
  }
  if (performance.now() - askedAt > claimAgeMsMax) return { ...notSent(recipient), broadcast };

  const outcome = await deps.graph.sendMessage({
    phoneNumberId: broadcast.phoneNumberId,
    accessToken: broadcast.accessToken,
    body,
  });
  return { ...decideSettlement(recipient, outcome), broadcast };
}

async function waitForSlot({ claim, pace }: SendingNumber, first: Slot): Promise<void> {
  let slot = first;
  while ((await pace.wait(slot)) === "missed") {
    slot = { ...slot, slotAt: await claim.nextSlot() };
  }
}

function notSent(recipient: ClaimedRecipient): Decision {
  const claim = { recipientId: recipient.id, claimId: recipient.claimId };
  return { settlement: putBack(claim, notClaimedDelayMs, null), consequence: null };
}

/** The next refusal asks for the same again, so a failure here loses nothing. */
async function carryOut(
  deps: SendDeps,
  consequence: Consequence,
  broadcast: SendingBroadcast,
): Promise<void> {
  try {
    await deps.carryOut(consequence, broadcast);
  } catch (error) {
    deps.log.error({ err: error, consequence: consequence.kind }, "consequence failed");
  }
}
