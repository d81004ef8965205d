import type { Claims } from "./claim-recipients.ts";

/** Minimum wait between claims; slots that become free meanwhile are taken in one claim. */
export const claimBackoffMsMin = 50;
/** Maximum wait: the rate may rise, a hold may end, or the dispatcher with the slots may leave. */
const claimBackoffMsMax = 3_000;
/**
 * Maximum number of slots that a dispatcher leaves to another. One dispatcher is enough if slots
 * are far apart, so one that finds the slot taken leaves the next ones to the other, one more each
 * time. With 500 numbers at 1/s, claims that came too late kept the database so busy that four
 * dispatchers sent half of what one did.
 */
const leftSlotsMax = 3;

type Seen = Pick<Claims, "roomInMs" | "slotMs" | "dispatchers"> & { claimed: readonly unknown[] };

/**
 * Returns a function that is called after each of a number's claims. It returns the milliseconds
 * after which recipients without a slot are claimed again: when the number has one within the
 * claim's horizon.
 */
export function createClaimBackoff(): (claims: Seen) => number {
  let leftSlots = 0;
  return ({ claimed, dispatchers, roomInMs, slotMs }) => {
    if (roomInMs === null || slotMs === null) return claimBackoffMsMin;
    if (claimed.length > 0 || dispatchers < 2) leftSlots = 0;
    // A nearer slot was moved because its message was late (take-slots.ts), and a farther one is
    // that of a number on hold: no other dispatcher took those.
    else if (roomInMs > slotMs / 2 && roomInMs <= slotMs) {
      leftSlots = Math.min(leftSlotsMax, leftSlots + 1);
    }
    return Math.min(claimBackoffMsMax, Math.max(claimBackoffMsMin, roomInMs + leftSlots * slotMs));
  };
}
