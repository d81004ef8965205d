import type { Claims } from "./claim-recipients.ts";

/** What becomes free meanwhile is one claim. */
export const claimBackoffMsMin = 50;
/** The number's rate may be raised meanwhile, its rest ended, or the dispatcher gone that took its slots. */
const claimBackoffMsMax = 3_000;
/**
 * One dispatcher is enough where slots are far apart. Who finds the slot taken leaves the next ones to the
 * other, each time one more up to this: with 500 numbers at 1/s the claims that came too late kept the
 * database so busy that four dispatchers sent half of what one did.
 */
const leftSlotsMax = 3;

type Seen = Pick<Claims, "roomInMs" | "slotMs" | "dispatchers"> & { claimed: readonly unknown[] };

/**
 * Tells after each of a number's claims in how many milliseconds whoever found no slot asks again: when
 * the number has one within the claim's horizon.
 */
export function createClaimBackoff(): (claims: Seen) => number {
  let leftSlots = 0;
  return ({ claimed, dispatchers, roomInMs, slotMs }) => {
    if (roomInMs === null || slotMs === null) return claimBackoffMsMin;
    if (claimed.length > 0 || dispatchers < 2) leftSlots = 0;
    // What is nearer was moved because its message was late (db/take-slots.ts), what is farther is a number on
    // hold: nobody else took those.
    else if (roomInMs > slotMs / 2 && roomInMs <= slotMs) {
      leftSlots = Math.min(leftSlotsMax, leftSlots + 1);
    }
    return Math.min(claimBackoffMsMax, Math.max(claimBackoffMsMin, roomInMs + leftSlots * slotMs));
  };
}
