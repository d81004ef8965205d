import { findOwnAttempts } from "@loudhailer/core/engine/attempted-recipients.ts";
import type { Database } from "@loudhailer/db/database.ts";
import type { Settlement } from "@loudhailer/db/settle-recipients.ts";
import type { RecentClaims } from "@loudhailer/pacing/recent-claims.ts";
import type { Log } from "@loudhailer/runtime/log.ts";
import type { Kysely } from "kysely";
import type { Settle } from "./create-settle.ts";

const lostTrack = {
  code: "dispatcher_lost",
  title: "The sending process lost track of the message",
  details: null,
} as const;

/**
 * Settles claims that the database has as this dispatcher's and that aren't under way: as they ended,
 * or as unknown if the dispatcher doesn't know them, since their messages may have left.
 */
export async function settleStrayClaims(deps: {
  db: Kysely<Database>;
  dispatcherId: string;
  recentClaims: RecentClaims;
  settle: Settle;
  log: Log;
}): Promise<void> {
  const { db, dispatcherId, recentClaims, settle, log } = deps;
  const strays = (await findOwnAttempts(db, dispatcherId)).flatMap((attempt): Settlement[] => {
    const known = recentClaims.find(attempt);
    if (recentClaims.asked.has(attempt.attemptId) || (known && !known.isStored)) return [];
    return [known?.settlement ?? { ...attempt, status: "unknown", error: lostTrack }];
  });
  if (strays.length === 0) return;
  await Promise.all(strays.map((stray) => settle(stray)));
  log.warn({ recipients: strays.length }, "claims that are not under way are settled");
}
