import { isUnexpected } from "@loudhailer/db/database-failure.ts";
import type { SendingNumber } from "@loudhailer/pacing/find-sending-numbers.ts";
import { pauseForFault } from "../pauses/pause-for-fault.ts";
import type { EngineDeps } from "./engine-deps.ts";
import { createFeedMemory } from "./feed-memory.ts";
import { feedNumber } from "./feed-number.ts";

/**
 * Feeds each broadcast of the number alone, after feeding them together met an unexpected error. One
 * that fails again is paused with the reason, and the others continue.
 * @throws Error if the database or the queue is away
 */
export async function feedApart(deps: EngineDeps, number: SendingNumber): Promise<void> {
  const { engineDb, log } = deps;
  const broadcasts = await engineDb
    .selectFrom("whatsapp_broadcasts")
    .where("provider_id", "=", number.providerId)
    .where("status", "=", "sending")
    .select(["id", "organization_id"])
    .execute();
  for (const { id: broadcastId, organization_id: organizationId } of broadcasts) {
    try {
      await feedNumber(deps, number, createFeedMemory(), broadcastId);
    } catch (error) {
      if (!isUnexpected(error)) throw error;
      log.error({ err: error, broadcastId }, "feeding a broadcast failed, it is paused");
      await pauseForFault(engineDb, { organizationId, broadcastId });
    }
  }
}
