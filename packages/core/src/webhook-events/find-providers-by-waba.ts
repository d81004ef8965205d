import type { Database } from "@loudhailer/db/database.ts";
import { isStorable } from "@loudhailer/db/storable-json.ts";
import { sql, type Kysely } from "kysely";
import { selectWebhookProviders, type WebhookProvider } from "./webhook-provider.ts";

/** Returns all numbers of these WABAs, in no order. A WABA may have several numbers. */
export function findProvidersByWaba(
  db: Kysely<Database>,
  wabaIds: readonly string[],
): Promise<WebhookProvider[]> {
  return selectWebhookProviders(db)
    .where("waba_id", "=", sql<string>`any(${wabaIds.filter(isStorable)})`)
    .execute();
}
