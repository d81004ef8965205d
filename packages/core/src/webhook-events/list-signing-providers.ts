import type { Database } from "@loudhailer/db/database.ts";
import type { Kysely } from "kysely";
import { selectWebhookProviders, type WebhookProvider } from "./webhook-provider.ts";

/** The providers with a Meta app of their own, the newest first, at most `limit`. */
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
