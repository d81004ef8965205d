import type { Database } from "@loudhailer/db/database.ts";
import type { Kysely } from "kysely";

/** Properties of a number that determine the owner and the signature of its webhooks. */
export interface WebhookProvider {
  providerId: string;
  organizationId: string;
  phoneNumberId: string;
  wabaId: string;
  /** Ciphertext; null if the platform's Meta app serves the number. */
  appSecret: string | null;
}

/**
 * Selects numbers of every organization, since the owner of a webhook isn't known yet. `db` must be
 * on the role loudhailer_engine.
 */
export function selectWebhookProviders(db: Kysely<Database>) {
  return db
    .selectFrom("whatsapp_providers")
    .select([
      "id as providerId",
      "organization_id as organizationId",
      "phone_number_id as phoneNumberId",
      "waba_id as wabaId",
      "app_secret as appSecret",
    ]);
}
