import * as z from "zod";
import type { Decision } from "./decide-outcome.ts";

const times = z.number().int().min(1).optional();

/** Outcome set for one phone number, which overrides the shares. */
export const forcedOutcomeSchema = z.union([
  z.strictObject({ code: z.number().int().min(1), in: z.enum(["reply", "status"]), times }),
  z.strictObject({ cut: z.enum(["before", "after"]), times }),
  z.strictObject({ hang: z.enum(["before", "after"]), times }),
  z.strictObject({ held: z.enum(["released", "dropped"]), times }),
  z.strictObject({ slow: z.literal(true), times }),
  z.strictObject({ read: z.boolean(), times }),
]);

export type ForcedOutcome = z.infer<typeof forcedOutcomeSchema>;

const plain: Decision = {
  loss: undefined,
  replyCode: 0,
  statusCode: 0,
  isRead: false,
  isHeld: false,
  isSlow: false,
};

/** Forced outcomes by recipient. One with `times` is removed after that many messages. */
export class ForcedOutcomes {
  readonly #outcomes = new Map<number, { outcome: ForcedOutcome; left: number }>();

  set(recipient: number, outcome: ForcedOutcome | null): void {
    if (outcome === null) this.#outcomes.delete(recipient);
    else this.#outcomes.set(recipient, { outcome, left: outcome.times ?? Infinity });
  }

  /** Returns the decision for the recipient's forced outcome, if any, and counts that use. */
  take(recipient: number): Decision | undefined {
    if (this.#outcomes.size === 0) return undefined;
    const forced = this.#outcomes.get(recipient);
    if (forced === undefined) return undefined;
    if (--forced.left <= 0) this.#outcomes.delete(recipient);
    return toDecision(forced.outcome);
  }

  clear(): void {
    this.#outcomes.clear();
  }
}

function toDecision(outcome: ForcedOutcome): Decision {
  if ("code" in outcome) {
    return outcome.in === "reply"
      ? { ...plain, replyCode: outcome.code }
      : { ...plain, statusCode: outcome.code };
  }
  if ("cut" in outcome) return { ...plain, loss: { how: "cut", when: outcome.cut } };
  if ("hang" in outcome) return { ...plain, loss: { how: "hang", when: outcome.hang } };
  if ("held" in outcome)
    return { ...plain, isHeld: true, statusCode: outcome.held === "dropped" ? 132015 : 0 };
  if ("slow" in outcome) return { ...plain, isSlow: true };
  return { ...plain, isRead: outcome.read };
}
