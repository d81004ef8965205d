import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";

/** Makes the dispatcher the number's owner for an hour, and returns the epoch of its lease. */
export async function ownNumber(
  owner: Kysely<Database>,
  phoneNumberId: string,
  dispatcherId: string,
): Promise<string> {
  const { rows } = await sql<{ epoch: string }>`
    insert into number_leases as l (phone_number_id, dispatcher_id, expires_at, timeline)
    values (${phoneNumberId}, ${dispatcherId}, now() + interval '1 hour',
      substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8))
    on conflict (phone_number_id) do update
    set dispatcher_id = excluded.dispatcher_id, expires_at = excluded.expires_at,
      epoch = l.epoch + case when l.dispatcher_id = excluded.dispatcher_id then 0 else 1 end
    returning epoch::text
  `.execute(owner);
  return rows[0]?.epoch ?? "";
}
