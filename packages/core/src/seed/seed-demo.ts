import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool, type DatabaseRole } from "@loudhailer/db/create-pool.ts";
import { classifyDatabaseFailure } from "@loudhailer/db/database-failure.ts";
import type { Database } from "@loudhailer/db/database.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import type { Keyring } from "@loudhailer/runtime/keyring.ts";
import type { Kysely, Transaction } from "kysely";
import { createApiKey } from "../accounts/create-api-key.ts";
import { checkCredentials, insertUser, type Credentials } from "../accounts/insert-user.ts";
import { DomainError } from "../domain-error.ts";
import { encryptSecret } from "../secrets/encrypt-secret.ts";

export interface SeedDemoInput {
  databaseUrl: string;
  keyring: Keyring;
  provider: {
    phoneNumberId: string;
    wabaId: string;
    accessToken: string;
    appSecret?: string;
    verifyToken: string;
  };
  email: string;
  password: string;
  phoneNumber?: string;
  displayName?: string;
  /** An API key that must exist afterwards, in the form of `generateApiKey`. */
  apiKey?: string;
}

export interface SeededDemo {
  organizationId: string;
  userId: string;
  /** The given or a new API key; null if none was given and the organization already had one. */
  apiKey: string | null;
}

const name = "Datacare Demo";
const slug = "datacare-demo";

/**
 * Creates the organization "Datacare Demo" with an owner, a connected number and an API key,
 * without asking Meta. Safe to repeat: it updates existing data, but an existing user keeps their
 * password.
 * @throws DomainError `invalid_input` if an id can't be Meta's, or the email, password or API key
 *   isn't valid
 * @throws DomainError `conflict` if another connected number has the phone number id or verify
 *   token, or the API key is revoked or belongs to another organization
 */
export async function seedDemo(input: SeedDemoInput): Promise<SeededDemo> {
  checkMetaId("WHATSAPP_PHONE_NUMBER_ID", input.provider.phoneNumberId);
  checkMetaId("WHATSAPP_WABA_ID", input.provider.wabaId);
  const credentials = checkCredentials(input);
  const seeded = await withDb(input.databaseUrl, "loudhailer_auth", (db) =>
    db.transaction().execute(async (trx) => {
      const organizationId = await ensureOrganization(trx);
      const userId = await ensureOwner(trx, organizationId, credentials);
      const apiKey = await ensureApiKey(trx, organizationId, userId, input.apiKey);
      return { organizationId, userId, apiKey };
    }),
  );
  await withDb(input.databaseUrl, "loudhailer_api", (db) =>
    ensureProvider(db, seeded.organizationId, input),
  );
  return seeded;
}

function checkMetaId(variable: string, id: string): void {
  if (/^\d{1,30}$/.test(id)) return;
  throw new DomainError("invalid_input", `${variable} must be the id Meta gives, digits only.`);
}

async function withDb<T>(
  connectionString: string,
  role: DatabaseRole,
  work: (db: Kysely<Database>) => Promise<T>,
): Promise<T> {
  const pool = createPool({ connectionString, role, max: 1, applicationName: "loudhailer seed" });
  const db = createDb(pool);
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}

async function ensureOrganization(trx: Transaction<Database>): Promise<string> {
  const { id } = await trx
    .insertInto("organizations")
    .values({ name, slug })
    // This update changes nothing, so that RETURNING has the row either way.
    .onConflict((conflict) => conflict.column("slug").doUpdateSet({ slug }))
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

async function ensureOwner(
  trx: Transaction<Database>,
  organizationId: string,
  credentials: Credentials,
): Promise<string> {
  const inserted = await insertUser(trx, { ...credentials, name });
  const userId = inserted ?? (await userIdOf(trx, credentials.email));
  await trx
    .insertInto("members")
    .values({ organization_id: organizationId, user_id: userId, role: "owner" })
    .onConflict((conflict) => conflict.columns(["organization_id", "user_id"]).doNothing())
    .execute();
  return userId;
}

async function userIdOf(trx: Transaction<Database>, email: string): Promise<string> {
  const { id } = await trx
    .selectFrom("users")
    .select("id")
    .where("email", "=", email)
    .executeTakeFirstOrThrow();
  return id;
}

async function ensureApiKey(
  trx: Transaction<Database>,
  organizationId: string,
  userId: string,
  apiKey: string | undefined,
): Promise<string | null> {
  const key = { organizationId, name: "demo", createdBy: userId };
  if (apiKey !== undefined) return createApiKey(trx, { ...key, apiKey });
  const existing = await trx
    .selectFrom("api_keys")
    .select("id")
    .where("organization_id", "=", organizationId)
    .where("revoked_at", "is", null)
    .executeTakeFirst();
  return existing ? null : createApiKey(trx, key);
}

async function ensureProvider(
  db: Kysely<Database>,
  organizationId: string,
  { keyring, provider, phoneNumber, displayName }: SeedDemoInput,
): Promise<void> {
  const values = {
    waba_id: provider.wabaId,
    access_token: encryptSecret(keyring, provider.accessToken),
    app_secret: provider.appSecret ? encryptSecret(keyring, provider.appSecret) : null,
    webhook_verify_token: provider.verifyToken,
    // Values from a check with Meta stay unless the seed has its own.
    ...(phoneNumber !== undefined && { phone_number: phoneNumber }),
    ...(displayName !== undefined && { display_name: displayName }),
    status: "connected" as const,
    status_reason: null,
  };
  try {
    await withTenant(db, organizationId, async (trx) => {
      const updated = await trx
        .updateTable("whatsapp_providers")
        .set({ ...values, updated_at: new Date() })
        .where("organization_id", "=", organizationId)
        .where("phone_number_id", "=", provider.phoneNumberId)
        .where("moved_at", "is", null)
        .returning("id")
        .executeTakeFirst();
      if (updated !== undefined) return;
      await trx
        .insertInto("whatsapp_providers")
        .values({
          ...values,
          organization_id: organizationId,
          phone_number_id: provider.phoneNumberId,
        })
        .execute();
    });
  } catch (error) {
    if (classifyDatabaseFailure(error).kind !== "conflict") throw error;
    throw new DomainError(
      "conflict",
      "The phone number id or the verify token is already used by another connected number.",
    );
  }
}
