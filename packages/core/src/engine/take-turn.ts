import type { Database } from "@loudhailer/db/database.ts";
import { feedingTurnMs } from "@loudhailer/pacing/tuning.ts";
import { sql, type Kysely } from "kysely";

/**
 * Takes or renews this process's turn to fill a number's queue. Returns the number of the feeding,
 * which no earlier one had; null if it is another process's turn. Holds no lock, so a queue that
 * doesn't answer holds up nothing else. Two processes that fill the queue at once would only add
 * jobs that find their recipient claimed.
 */
export async function takeTurn(
  db: Kysely<Database>,
  providerId: string,
  feederId: string,
): Promise<string | null> {
  const { rows } = await sql<{ feeding: string }>`
    insert into number_feeders as f (provider_id, feeder_id, expires_at)
    values (${providerId}, ${feederId}, now() + ${feedingTurnMs} * interval '1 ms')
    on conflict (provider_id) do update
    set feeder_id = excluded.feeder_id, expires_at = excluded.expires_at, feedings = f.feedings + 1
    where f.feeder_id = excluded.feeder_id or f.expires_at <= now()
    returning feedings::text as feeding
  `.execute(db);
  return rows[0]?.feeding ?? null;
}
