import type { Database } from "@loudhailer/db/database.ts";
import type { Kysely } from "kysely";

/** What tells whose a webhook is and how it must be signed. */
export interface WebhookProvider {
  providerId: string;
  organizationId: string;
  phoneNumberId: string;
  wabaId: string;
  /** Ciphertext; null where the platform's Meta app serves the number. */
  appSecret: string | null;
}

/**
 * `db` must be on the role loudhailer_engine: whose a webhook is, is what is being asked, so these
 * queries see every organization.
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
