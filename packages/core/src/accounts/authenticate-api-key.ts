import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";
import { hashApiKey, prefixOfApiKey } from "./api-key-format.ts";

export interface ApiKeyIdentity {
  apiKeyId: string;
  organizationId: string;
  scopes: string[];
}

const lastUsedResolutionMs = 60_000;

/**
 * Returns the key's id, organization and scopes, or null if it is malformed, unknown or revoked.
 * Records its use at most once per minute. `db` must have the role loudhailer_auth.
 */
export async function authenticateApiKey(
  db: Kysely<Database>,
  apiKey: string,
): Promise<ApiKeyIdentity | null> {
  if (prefixOfApiKey(apiKey) === null) return null;
  const row = await db
    .selectFrom("api_keys")
    .select(["id", "organization_id", "scopes", "last_used_at"])
    .where("key_hash", "=", hashApiKey(apiKey))
    .where("revoked_at", "is", null)
    .executeTakeFirst();
  if (row === undefined) return null;
  if (row.last_used_at === null || Date.now() - row.last_used_at.getTime() > lastUsedResolutionMs) {
    await noteUse(db, row.id);
  }
  return { apiKeyId: row.id, organizationId: row.organization_id, scopes: row.scopes };
}

async function noteUse(db: Kysely<Database>, apiKeyId: string): Promise<void> {
  await db
    .updateTable("api_keys")
    .set({ last_used_at: sql`now()` })
    .where("id", "=", apiKeyId)
    // Of several simultaneous requests only one updates the row.
    .where((eb) =>
      eb.or([
        eb("last_used_at", "is", null),
        eb("last_used_at", "<", sql<Date>`now() - interval '1 minute'`),
      ]),
    )
    .execute();
}
