import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";
import { absentMs } from "./tuning.ts";

/** A number with a sending broadcast. */
export interface NumberToOwn {
  phoneNumberId: string;
  providerId: string;
  /** The number's limit. */
  limit: number;
  /** The current rate, which is lower while Meta refuses more. */
  messagesPerSecond: number;
  /** Milliseconds for which Meta wants nothing from the number; 0 if it has no such wish. */
  heldMs: number;
  /** The dispatcher in its lease; null if it was given up. */
  ownerId: string | null;
  /** Whether the lease hasn't ended. */
  isOwned: boolean;
}

/**
 * Returns the numbers of all organizations that have something to send, and the dispatchers that
 * share them. `engineDb` must have the role loudhailer_engine.
 */
export async function findNumbersToOwn(
  engineDb: Kysely<Database>,
): Promise<{ numbers: NumberToOwn[]; dispatcherIds: string[] }> {
  const { rows } = await sql<NumberToOwn & { dispatcherIds: string[] }>`
    with sharing as materialized (
      select coalesce(array_agg(id), '{}') as ids from dispatchers
      where last_seen_at > now() - ${absentMs} * interval '1 ms' and not is_leaving
    )
    select p.phone_number_id as "phoneNumberId", p.id as "providerId",
      p.messages_per_second as "limit", p.current_messages_per_second as "messagesPerSecond",
      greatest(0, coalesce(extract(epoch from p.held_until - now()) * 1000, 0))::float8 as "heldMs",
      l.dispatcher_id as "ownerId", coalesce(l.expires_at > clock_timestamp(), false) as "isOwned",
      s.ids as "dispatcherIds"
    from whatsapp_providers p
    cross join sharing s
    left join number_leases l on l.phone_number_id = p.phone_number_id
    where p.moved_at is null
      and p.id in (select provider_id from whatsapp_broadcasts where status = 'sending')
  `.execute(engineDb);
  return { numbers: rows, dispatcherIds: rows[0]?.dispatcherIds ?? [] };
}
