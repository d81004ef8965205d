import type { Database } from "@loudhailer/db/database.ts";
import type { Kysely } from "kysely";
import { selectWebhookProviders, type WebhookProvider } from "./webhook-provider.ts";

/** Returns up to `limit` numbers that have their own Meta app, newest first. */
export function listSigningProviders(
  db: Kysely<Database>,
  limit: number,
): Promise<WebhookProvider[]> {
  return selectWebhookProviders(db)
    .where("app_secret", "is not", null)
    .orderBy("created_at", "desc")
    .limit(limit)
    .execute();
}
