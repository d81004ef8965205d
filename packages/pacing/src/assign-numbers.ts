import { hash } from "node:crypto";

/**
 * Numbers that one dispatcher serves before it leaves some to others: each costs it a connection
 * to Redis.
 */
const numbersMax = 200;
/** Dispatchers that serve each number at least, so that it keeps sending when one of them dies. */
const dispatchersMin = 2;

/**
 * Returns the active numbers that a dispatcher serves, and in `dispatchersEach` how many serve each
 * number. As long as there are few numbers, every dispatcher serves all of them. Beyond that, each
 * goes to the dispatchers that rank highest for it (rendezvous hashing), so that a dispatcher that
 * joins or leaves moves few numbers.
 */
export function assignNumbers<N extends { phoneNumberId: string }>(
  numbers: readonly N[],
  dispatcherId: string,
  dispatcherIds: readonly string[],
): { assigned: readonly N[]; dispatchersEach: number } {
  const all = [...new Set([...dispatcherIds, dispatcherId])];
  const shares = Math.max(
    dispatchersMin,
    Math.ceil((all.length * numbersMax) / Math.max(1, numbers.length)),
  );
  if (shares >= all.length) return { assigned: numbers, dispatchersEach: all.length };
  const assigned = numbers.filter(({ phoneNumberId }) => {
    const ours = rank(phoneNumberId, dispatcherId);
    return all.filter((id) => rank(phoneNumberId, id) > ours).length < shares;
  });
  return { assigned, dispatchersEach: shares };
}

function rank(phoneNumberId: string, dispatcherId: string): string {
  return hash("sha1", `${phoneNumberId} ${dispatcherId}`);
}
