import type { Database } from "@loudhailer/db/database.ts";
import type { Kysely } from "kysely";
import { createFrozenBroadcast, createNumber } from "./bench-broadcast.ts";
import type { SimulatedNumber, SimulatorClient } from "./simulator-client.ts";

/** A number of its own, at Meta and with us, and a frozen broadcast on it that has yet to start. */
export async function addBroadcast(
  { db, simulator }: { db: Kysely<Database>; simulator: SimulatorClient },
  number: {
    phoneNumberId: string;
    messagesPerSecond: number;
    recipients: number;
    /** What Meta makes of it; without a limit where nothing is said. */
    atMeta?: Omit<SimulatedNumber, "phoneNumberId" | "wabaId">;
  },
): Promise<string> {
  const { phoneNumberId, messagesPerSecond, recipients, atMeta } = number;
  const wabaId = `8${phoneNumberId}`;
  await simulator.setNumber({ phoneNumberId, wabaId, messagesPerSecond: 0, ...atMeta });
  const owner = await createNumber(db, { phoneNumberId, wabaId, messagesPerSecond });
  return createFrozenBroadcast(db, owner, recipients);
}
