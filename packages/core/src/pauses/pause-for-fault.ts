import type { Database } from "@loudhailer/db/database.ts";
import type { Kysely } from "kysely";
import { pauseSending, sendingBroadcasts } from "./pause-sending.ts";

/**
 * Pauses one sending broadcast after an unexpected error, so that it holds up no other one
 * and a person sees why. Safe to repeat. Returns whether it was sending.
 */
export async function pauseForFault(
  db: Kysely<Database>,
  { organizationId, broadcastId }: { organizationId: string; broadcastId: string },
): Promise<boolean> {
  const broadcast = sendingBroadcasts(db, organizationId).where("id", "=", broadcastId);
  return (await pauseSending(db, broadcast, "unexpected_error")) > 0;
}
