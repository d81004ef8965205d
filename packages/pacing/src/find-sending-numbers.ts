import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";
import { leaseEndSql } from "./number-leases.ts";
import { absentMs } from "./tuning.ts";

/** A number with a sending broadcast. */
export interface SendingNumber {
  providerId: string;
  phoneNumberId: string;
  /** The number's limit. */
  limit: number;
  /** The current rate, which is lower while Meta refuses more. */
  messagesPerSecond: number;
  /** Milliseconds for which Meta wants nothing from the number; 0 if it has no such wish. */
  heldMs: number;
  /** Whether one of its broadcasts is fed from its start because it is new. */
  hasNewcomer: boolean;
  /** Owner of the messaging limit: the business portfolio, or the WABA if Meta didn't name one. */
  portfolioId: string;
  /** Meta's value, such as `TIER_250`. */
  messagingLimit: string | null;
  /** The stored moment until which the portfolio's messaging limit is used up. */
  messagingLimitUntil: Date | null;
  /** The dispatcher in its lease; null if it was given up. */
  ownerId: string | null;
  /** Whether the lease hasn't ended. */
  isOwned: boolean;
}

/**
 * Returns the numbers of all organizations that have something to send, and the dispatchers that
 * share them. `engineDb` must have the role loudhailer_engine.
 */
export async function findSendingNumbers(
  engineDb: Kysely<Database>,
): Promise<{ numbers: SendingNumber[]; dispatcherIds: string[] }> {
  const { rows } = await sql<SendingNumber & { dispatcherIds: string[] }>`
    select p.id as "providerId", p.phone_number_id as "phoneNumberId",
      p.messages_per_second as "limit", p.current_messages_per_second as "messagesPerSecond",
      greatest(0, coalesce(extract(epoch from p.held_until - now()) * 1000, 0))::float8 as "heldMs",
      b.has_newcomer as "hasNewcomer", coalesce(p.portfolio_id, p.waba_id) as "portfolioId",
      p.messaging_limit as "messagingLimit", p.messaging_limit_until as "messagingLimitUntil",
      l.dispatcher_id as "ownerId", coalesce(${sql.raw(leaseEndSql)} > clock_timestamp(), false) as "isOwned",
      s.ids as "dispatcherIds"
    from (
      select provider_id, bool_or(feed_cursor = 0) as has_newcomer from whatsapp_broadcasts
      where status = 'sending' group by provider_id
    ) b
    join whatsapp_providers p on p.id = b.provider_id and p.moved_at is null
    left join number_leases l on l.phone_number_id = p.phone_number_id
    left join dispatchers d on d.id = l.dispatcher_id
    cross join (
      select coalesce(array_agg(id), '{}') as ids from dispatchers
      where last_seen_at > now() - ${absentMs} * interval '1 ms' and not is_leaving
    ) s
  `.execute(engineDb);
  return { numbers: rows, dispatcherIds: rows[0]?.dispatcherIds ?? [] };
}
