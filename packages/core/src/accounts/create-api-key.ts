import type { Database } from "@loudhailer/db/database.ts";
import type { Kysely } from "kysely";
import { DomainError } from "../domain-error.ts";
import { generateApiKey, hashApiKey, prefixOfApiKey, type ApiKeyScope } from "./api-key-format.ts";

export interface CreateApiKeyInput {
  organizationId: string;
  name: string;
  createdBy: string | null;
  scopes?: ApiKeyScope[];
  /** An existing key in Loudhailer's format; if missing, a new one is created. */
  apiKey?: string;
}

/**
 * Stores a key's SHA-256 and returns the key, which can't be shown again. A given key that is
 * already stored for this organization is returned unchanged. `db` must have the role
 * loudhailer_auth, or loudhailer_api inside `withTenant`.
 * @throws DomainError `invalid_input` if the given key isn't in Loudhailer's format
 * @throws DomainError `conflict` if the given key is revoked or belongs to another organization
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
