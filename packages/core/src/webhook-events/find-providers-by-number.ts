import type { Database } from "@loudhailer/db/database.ts";
import { isStorable } from "@loudhailer/db/storable-json.ts";
import { sql, type Kysely } from "kysely";
import { selectWebhookProviders, type WebhookProvider } from "./webhook-provider.ts";

/** Returns the numbers with these phone number ids, in no order, without unknown ones. */
export function findProvidersByNumber(
  db: Kysely<Database>,
  phoneNumberIds: readonly string[],
): Promise<WebhookProvider[]> {
  return selectWebhookProviders(db)
    .where("phone_number_id", "=", sql<string>`any(${phoneNumberIds.filter(isStorable)})`)
    .execute();
}
