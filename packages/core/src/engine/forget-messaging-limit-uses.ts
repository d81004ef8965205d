import { sql } from "kysely";
import type { EngineDeps } from "./engine-deps.ts";

/** Deletes whom no portfolio has written to for longer than Meta's window. */
export async function forgetMessagingLimitUses({
  engineDb,
}: Pick<EngineDeps, "engineDb">): Promise<void> {
  // Rows that a feeder has in hand are used again: they are skipped, and so nobody waits for us.
  await sql`
    delete from messaging_limit_uses u using (
      select portfolio_id, recipient_hash from messaging_limit_uses
      where used_at < now() - interval '24 hours'
      for update skip locked
    ) expired
    where u.portfolio_id = expired.portfolio_id and u.recipient_hash = expired.recipient_hash
  `.execute(engineDb);
}
