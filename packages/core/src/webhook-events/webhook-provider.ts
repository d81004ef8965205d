import type { Database } from "@loudhailer/db/database.ts";
import { isStorable } from "@loudhailer/db/storable-json.ts";
import { sql, type Kysely } from "kysely";

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
 * Returns all numbers of every organization with these phone number ids, or in these WABAs, in no
 * order. `db` must be on the role loudhailer_engine, since the owner of a webhook isn't known yet.
 */
export function findWebhookProviders(
  db: Kysely<Database>,
  key: "phoneNumberId" | "wabaId",
  ids: readonly string[],
): Promise<WebhookProvider[]> {
  const column = key === "wabaId" ? "waba_id" : "phone_number_id";
  return selectWebhookProviders(db)
    .where(column, "=", sql<string>`any(${ids.filter(isStorable)})`)
    .execute();
}

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

function selectWebhookProviders(db: Kysely<Database>) {
  return db
    .selectFrom("whatsapp_providers")
    .where("moved_at", "is", null)
    .select([
      "id as providerId",
      "organization_id as organizationId",
      "phone_number_id as phoneNumberId",
      "waba_id as wabaId",
      "app_secret as appSecret",
    ]);
}
