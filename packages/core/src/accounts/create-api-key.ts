import type { Database } from "@loudhailer/db/database.ts";
import type { Kysely } from "kysely";
import { DomainError } from "../domain-error.ts";
import { generateApiKey, hashApiKey, prefixOfApiKey, type ApiKeyScope } from "./api-key-format.ts";

export interface CreateApiKeyInput {
  organizationId: string;
  name: string;
  createdBy: string | null;
  scopes?: ApiKeyScope[];
  /** A key made elsewhere, in our format; without it a new one is made. */
  apiKey?: string;
}

/**
 * Stores the key's SHA-256 and answers the key, which is shown this once. A key that is already
 * stored for this organization is answered as it is. `db` must be on the role loudhailer_auth.
 * Throws `invalid_input` for a given key not in our format, `conflict` for one of another
 * organization.
 */
export async function createApiKey(
  db: Kysely<Database>,
  input: CreateApiKeyInput,
): Promise<string> {
  const apiKey = input.apiKey ?? generateApiKey();
  const prefix = prefixOfApiKey(apiKey);
  if (prefix === null) {
    throw new DomainError("invalid_input", "The API key must have the form lh_<prefix>_<secret>.");
  }
  const keyHash = hashApiKey(apiKey);
  await db
    .insertInto("api_keys")
    .values({
      organization_id: input.organizationId,
      name: input.name,
      prefix,
      key_hash: keyHash,
      created_by: input.createdBy,
      ...(input.scopes && { scopes: input.scopes }),
    })
    .onConflict((conflict) => conflict.column("key_hash").doNothing())
    .execute();
  const stored = await db
    .selectFrom("api_keys")
    .select("organization_id")
    .where("key_hash", "=", keyHash)
    .where("revoked_at", "is", null)
    .executeTakeFirst();
  if (stored?.organization_id !== input.organizationId) {
    throw new DomainError(
      "conflict",
      "This API key is revoked or belongs to another organization.",
    );
  }
  return apiKey;
}
