import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";

export interface SendingNumber {
  providerId: string;
  phoneNumberId: string;
  /** The current sending rate. */
  messagesPerSecond: number;
  /** Whether one of its broadcasts is fed from its start because it is new or was resumed. */
  hasNewcomer: boolean;
  /** Owner of the messaging limit: the business portfolio, or the WABA if Meta didn't name one. */
  portfolioId: string;
  /** Meta's value, such as `TIER_250`. */
  messagingLimit: string | null;
  /** The stored moment until which the portfolio's messaging limit is used up. */
  messagingLimitUntil: Date | null;
}

/**
 * Returns the numbers of all organizations with a sending broadcast, except numbers that are held
 * because Meta asked them to wait. `engineDb` must have the role loudhailer_engine.
 */
export async function findSendingNumbers(engineDb: Kysely<Database>): Promise<SendingNumber[]> {
  return engineDb
    .selectFrom("whatsapp_broadcasts as b")
    .innerJoin("whatsapp_providers as p", "p.id", "b.provider_id")
    .where("b.status", "=", "sending")
    .where(sql<boolean>`coalesce(p.held_until <= now(), true)`)
    .groupBy("p.id")
    .select([
      "p.id as providerId",
      "p.phone_number_id as phoneNumberId",
      "p.current_messages_per_second as messagesPerSecond",
      "p.messaging_limit as messagingLimit",
      "p.messaging_limit_until as messagingLimitUntil",
      sql<boolean>`bool_or(b.feed_cursor = 0)`.as("hasNewcomer"),
      sql<string>`coalesce(p.portfolio_id, p.waba_id)`.as("portfolioId"),
    ])
    .execute();
}
