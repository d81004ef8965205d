import { drawShare } from "../hash.ts";
import type { Faults } from "../options.ts";

/** Missing answer: how it is lost, and whether before or after the message is accepted. */
export interface Loss {
  readonly how: "cut" | "hang";
  readonly when: "before" | "after";
}

/** Treatment of one message that Meta's rules don't refuse. */
export interface Decision {
  readonly loss: Loss | undefined;
  /** Code of a refusal in the reply; 0 if the message is accepted. */
  readonly replyCode: number;
  /** Code of a later failure in a status webhook; 0 if the message is delivered. */
  readonly statusCode: number;
  readonly isRead: boolean;
  readonly isHeld: boolean;
  readonly isSlow: boolean;
}

const hashSalt = { failure: 1, inReply: 2, loss: 3, held: 4, slow: 5, read: 6 };

// Meta usually reports 131026 in a status webhook, and sometimes in the reply.
const undeliverableInReply = 0.1;

/**
 * Decides how a recipient's message is treated. The decision depends only on the recipient, the
 * category, the shares, and the seed, so two runs agree.
 */
export function decideOutcome(
  recipient: number,
  isMarketing: boolean,
  faults: Faults,
  seed: number,
): Decision {
  const draw = (salt: number): number => drawShare(recipient, salt, seed);
  const code = drawFailure(draw(hashSalt.failure), isMarketing, faults);
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

function drawLoss(drawn: number, faults: Faults): Loss | undefined {
  let below = faults.cutBefore;
  if (drawn < below) return { how: "cut", when: "before" };
  below += faults.cutAfter;
  if (drawn < below) return { how: "cut", when: "after" };
  below += faults.hangBefore;
  if (drawn < below) return { how: "hang", when: "before" };
  return drawn < below + faults.hangAfter ? { how: "hang", when: "after" } : undefined;
}

function drawFailure(drawn: number, isMarketing: boolean, faults: Faults): number {
  if (drawn < faults.undeliverable) return 131026;
  if (!isMarketing) return 0;
  if (drawn < faults.undeliverable + faults.optedOut) return 131050;
  if (drawn < faults.undeliverable + faults.optedOut + faults.marketingCapped) return 131049;
  return 0;
}
