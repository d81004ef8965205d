import type { Me } from "@loudhailer/contracts/accounts.ts";
import { rightsOf, storedRole, type Right } from "@loudhailer/contracts/roles.ts";
import type { Database } from "@loudhailer/db/database.ts";
import type { Kysely } from "kysely";
import { DomainError } from "../domain-error.ts";
import type { ApiKeyIdentity } from "./authenticate-api-key.ts";
import type { SessionIdentity } from "./authenticate-session.ts";

/**
 * Returns a session's user, active organization and rights, and all organizations of the user. `db`
 * must have the role loudhailer_auth.
 * @throws DomainError `unauthenticated` if the user was deleted
 */
export async function describeUser(db: Kysely<Database>, identity: SessionIdentity): Promise<Me> {
  const user = await db
    .selectFrom("users")
    .select(["id", "name", "email"])
    .where("id", "=", identity.userId)
    .executeTakeFirst();
  if (!user) throw new DomainError("unauthenticated", "This account is gone. Sign in again.");
  const organizations = await db
    .selectFrom("members as m")
    .innerJoin("organizations as o", "o.id", "m.organization_id")
    .select(["o.id", "o.name", "m.role"])
    .where("m.user_id", "=", identity.userId)
    .orderBy("o.name")
    .orderBy("o.id")
    .limit(1_000)
    .execute();
  const active = organizations.find(({ id }) => id === identity.organizationId);
  return {
    user,
    apiKey: null,
    organization: active ? { id: active.id, name: active.name } : null,
    role: active ? storedRole.parse(active.role) : null,
    rights: active ? [...rightsOf(active.role)] : [],
    organizations: organizations.map((row) => ({ ...row, role: storedRole.parse(row.role) })),
  };
}

/** Returns an API key's organization and rights. `db` must have the role loudhailer_auth. */
export async function describeApiKey(db: Kysely<Database>, identity: ApiKeyIdentity): Promise<Me> {
  const row = await db
    .selectFrom("api_keys as k")
    .innerJoin("organizations as o", "o.id", "k.organization_id")
    .select(["k.name as key_name", "o.id", "o.name"])
    .where("k.id", "=", identity.apiKeyId)
    .executeTakeFirstOrThrow();
  const scopes = identity.scopes.filter((scope) => scope === "read" || scope === "write");
  const rights: Right[] = [
    ...(scopes.includes("read") ? (["read"] as const) : []),
    ...(scopes.includes("write") ? (["write", "manage"] as const) : []),
  ];
  return {
    user: null,
    apiKey: { id: identity.apiKeyId, name: row.key_name, scopes },
    organization: { id: row.id, name: row.name },
    role: null,
    rights,
    organizations: [],
  };
}
