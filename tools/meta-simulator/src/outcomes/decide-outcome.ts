import { drawShare } from "../hash.ts";
import type { Faults } from "../options.ts";

/** An answer that never comes, and whether the message was accepted before that. */
export interface Loss {
  readonly how: "cut" | "hang";
  readonly when: "before" | "after";
}

/** What happens to one message, apart from what Meta's rules refuse. */
export interface Decision {
  readonly loss: Loss | undefined;
  /** Refused in the reply with this code; 0 is accepted. */
  readonly replyCode: number;
  /** Failed later, in a status webhook, with this code; 0 is delivered. */
  readonly statusCode: number;
  readonly isRead: boolean;
  readonly isHeld: boolean;
  readonly isSlow: boolean;
}

const hashSalt = { fate: 1, inReply: 2, loss: 3, held: 4, slow: 5, read: 6 };

// Meta reports 131026 in a status webhook as a rule, and now and then in the reply.
const undeliverableInReply = 0.1;

/**
 * What the shares make of a recipient. It depends on nothing but the recipient, the seed and the
 * shares, so two runs agree.
 */
export function decideOutcome(
  recipient: number,
  isMarketing: boolean,
  faults: Faults,
  seed: number,
): Decision {
  const draw = (salt: number): number => drawShare(recipient, salt, seed);
  const code = drawFailure(draw(hashSalt.fate), isMarketing, faults);
  const inReply = code === 131026 && draw(hashSalt.inReply) < undeliverableInReply;
  return {
    loss: drawLoss(draw(hashSalt.loss), faults),
    replyCode: inReply ? code : 0,
    statusCode: inReply ? 0 : code,
    isRead: draw(hashSalt.read) < faults.readShare,
    isHeld: draw(hashSalt.held) < faults.held,
    isSlow: draw(hashSalt.slow) < faults.slow,
  };
}

function drawLoss(fate: number, faults: Faults): Loss | undefined {
  let below = faults.cutBefore;
  if (fate < below) return { how: "cut", when: "before" };
  below += faults.cutAfter;
  if (fate < below) return { how: "cut", when: "after" };
  below += faults.hangBefore;
  if (fate < below) return { how: "hang", when: "before" };
  return fate < below + faults.hangAfter ? { how: "hang", when: "after" } : undefined;
}

function drawFailure(fate: number, isMarketing: boolean, faults: Faults): number {
  if (fate < faults.undeliverable) return 131026;
  if (!isMarketing) return 0;
  if (fate < faults.undeliverable + faults.optedOut) return 131050;
  if (fate < faults.undeliverable + faults.optedOut + faults.marketingCapped) return 131049;
  return 0;
}
