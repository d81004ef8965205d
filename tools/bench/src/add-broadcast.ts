import { createFrozenBroadcast, createNumber } from "./bench-broadcast.ts";
import type { SimulatedNumber } from "./simulator-client.ts";
import type { Infrastructure } from "./start-infrastructure.ts";

/**
 * Adds a number to the simulator and the database, with a frozen broadcast that hasn't started.
 * Returns the broadcast's id.
 */
export async function addBroadcast(
  { db, simulator }: Pick<Infrastructure, "db" | "simulator">,
  number: {
    phoneNumberId: string;
    messagesPerSecond: number;
    recipients: number;
    /** Settings of the number in the simulator; by default it has no rate limit there. */
    atMeta?: Omit<SimulatedNumber, "phoneNumberId" | "wabaId">;
  },
): Promise<string> {
  const { phoneNumberId, messagesPerSecond, recipients, atMeta } = number;
  const wabaId = `8${phoneNumberId}`;
  await simulator.setNumber({ phoneNumberId, wabaId, messagesPerSecond: 0, ...atMeta });
  const owner = await createNumber(db, { phoneNumberId, wabaId, messagesPerSecond });
  return createFrozenBroadcast(db, owner, recipients);
}
