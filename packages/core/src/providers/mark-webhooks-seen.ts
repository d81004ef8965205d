import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";

/** Records that Meta has just delivered a webhook for these numbers. */
export async function markWebhooksSeen(
  db: Kysely<Database>,
  providerIds: readonly string[],
): Promise<void> {
  await sql`
    with locked as materialized (
      select id from whatsapp_providers where id = any(${providerIds}::uuid[])
      order by id for no key update
    )
    update whatsapp_providers p set last_webhook_at = now() from locked l where p.id = l.id
  `.execute(db);
}
