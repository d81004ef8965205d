import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";

export interface SendingNumber {
  providerId: string;
  phoneNumberId: string;
  /** What it sends at now. */
  messagesPerSecond: number;
}

/**
 * Numbers of all organizations that have a broadcast which is sending, but for those that Meta
 * asked to rest. `engineDb` is on the role loudhailer_engine.
 */
export async function findSendingNumbers(engineDb: Kysely<Database>): Promise<SendingNumber[]> {
  return engineDb
    .selectFrom("whatsapp_providers as p")
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom("whatsapp_broadcasts as b")
          .whereRef("b.provider_id", "=", "p.id")
          .where("b.status", "=", "sending")
          .select("b.id"),
      ),
    )
    .where(sql<boolean>`coalesce(p.held_until <= now(), true)`)
    .select([
      "p.id as providerId",
      "p.phone_number_id as phoneNumberId",
      "p.current_messages_per_second as messagesPerSecond",
    ])
    .execute();
}
