import { sql } from "kysely";
import type { EngineDeps } from "./engine-deps.ts";

/** Deletes the uses that are older than Meta's window of 24 hours. */
export async function forgetMessagingLimitUses({
  engineDb,
}: Pick<EngineDeps, "engineDb">): Promise<void> {
  // Skips rows that a feeder has locked: they are being used again, and the feeder needn't wait.
  await sql`
    delete from messaging_limit_uses u using (
      select portfolio_id, recipient_hash from messaging_limit_uses
      where used_at < now() - interval '24 hours'
      for update skip locked
    ) expired
    where u.portfolio_id = expired.portfolio_id and u.recipient_hash = expired.recipient_hash
  `.execute(engineDb);
}
