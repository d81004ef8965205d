import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";

export interface SendingNumber {
  providerId: string;
  phoneNumberId: string;
  /** What it sends at now. */
  messagesPerSecond: number;
  /** One of its broadcasts is to be fed from its start: it is new, or was resumed. */
  hasNewcomer: boolean;
  /** Whom the messaging limit belongs to: the business portfolio, or the WABA where Meta didn't say. */
  portfolioId: string;
  /** Meta's word, such as `TIER_250`. */
  messagingLimit: string | null;
  /** As stored: until when the portfolio's messaging limit is used up. */
  messagingLimitUntil: Date | null;
}

/**
 * Numbers of all organizations that have a broadcast which is sending, but for those that Meta
 * asked to rest. `engineDb` is on the role loudhailer_engine.
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
