import type { Settlement } from "@loudhailer/db/settle-recipients.ts";
import type { Attempt, ClaimedRecipient } from "./claim-recipients.ts";
import { rememberedMax, rememberedMs } from "./tuning.ts";

/**
 * What this process claimed and settled in the last minutes, so that it can be written again if the
 * database comes back without it.
 */
export interface RecentClaims {
  /** Ids of attempts whose claim isn't answered, or is being taken back. */
  readonly asked: Set<string>;
  add(claimed: readonly ClaimedRecipient[]): void;
  /** Takes note of how a claim ended, before that is stored. */
  settle(settlement: Settlement): void;
  /** Takes note that the end of these claims is stored. */
  stored(settlements: readonly Settlement[]): void;
  /** Returns the claim, if it is remembered; its end is null while it is under way. */
  find(attempt: Attempt): RememberedClaim | undefined;
  /** Returns each recipient's last claim, oldest first, and its end if it has one. */
  all(): (Attempt & { settlement: Settlement | null })[];
}

export interface RememberedClaim {
  attemptId: string;
  /** Moment of the claim, on performance.now's clock. */
  at: number;
  settlement: Settlement | null;
  /** Whether the database has confirmed the settlement. */
  isStored: boolean;
}

export function createRecentClaims(now: () => number = () => performance.now()): RecentClaims {
  const claims = new Map<string, RememberedClaim>();

  /** Forgets claims that ended long ago, or as many as are too many. One under way stays. */
  function forgetOld(): void {
    for (const [recipientId, { at, isStored }] of claims) {
      const isOld = at < now() - rememberedMs;
      if (!isOld && claims.size <= rememberedMax) return;
      if (isStored) claims.delete(recipientId);
      else if (!isOld) return;
    }
  }

  function find({ recipientId, attemptId }: Attempt): RememberedClaim | undefined {
    const claim = claims.get(recipientId);
    return claim?.attemptId === attemptId ? claim : undefined;
  }

  return {
    asked: new Set(),
    add(claimed) {
      const at = now();
      for (const { id, attemptId } of claimed) {
        claims.delete(id);
        claims.set(id, { attemptId, at, settlement: null, isStored: false });
      }
      forgetOld();
    },
    settle(settlement) {
      const claim = find(settlement);
      if (claim) claim.settlement = settlement;
    },
    stored(settlements) {
      for (const settlement of settlements) {
        const claim = find(settlement);
        if (claim) claim.isStored = true;
      }
    },
    find,
    all: () =>
      [...claims].map(([recipientId, { attemptId, settlement }]) => ({
        recipientId,
        attemptId,
        settlement,
      })),
  };
}
