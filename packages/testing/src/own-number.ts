import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";

/** Makes the dispatcher the number's owner for an hour, and returns the epoch of its lease. */
export async function ownNumber(
  owner: Kysely<Database>,
  phoneNumberId: string,
  dispatcherId: string,
): Promise<string> {
  await sql`
    insert into number_leases (phone_number_id, expires_at, timeline)
    values (${phoneNumberId}, now(), substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8))
    on conflict do nothing
  `.execute(owner);
  const { rows } = await sql<{ epoch: string }>`
    update number_leases
    set dispatcher_id = ${dispatcherId}, expires_at = now() + interval '1 hour',
      epoch = epoch + case when dispatcher_id = ${dispatcherId} then 0 else 1 end
    where phone_number_id = ${phoneNumberId}
    returning epoch::text
  `.execute(owner);
  return rows[0]?.epoch ?? "";
}
