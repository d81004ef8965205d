import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { generateApiKey } from "./api-key-format.ts";
import { authenticateApiKey } from "./authenticate-api-key.ts";
import { createApiKey } from "./create-api-key.ts";
import { createOrganization } from "./create-organization.ts";

const { databaseUrl } = await useTestDatabase();
const db = createDb(createPool({ connectionString: databaseUrl, role: "loudhailer_auth" }));
afterAll(() => db.destroy());

const valid = { databaseUrl, name: "Shop", email: "shop@example.com", password: "password" };

test("stores nothing when the email is taken, or the email, password or name isn't valid", async () => {
  await createOrganization(valid);
  await expect(createOrganization({ ...valid, email: "SHOP@example.com" })).rejects.toMatchObject({
    code: "conflict",
  });
  for (const bad of [
    { email: "not an address" },
    { email: "x@example.com", password: "short" },
    { email: "x@example.com", name: "  " },
  ]) {
    await expect(createOrganization({ ...valid, ...bad })).rejects.toMatchObject({
      code: "invalid_input",
    });
  }
  const { rows } = await sql`
    select (select count(*)::int from organizations) as organizations,
      (select count(*)::int from users) as users, (select count(*)::int from api_keys) as keys
  `.execute(db);
  expect(rows).toEqual([{ organizations: 1, users: 1, keys: 1 }]);
});

test("an API key gives access to its organization, and only its hash is stored", async () => {
  const made = await createOrganization({ ...valid, email: "keys@example.com" });
  expect(made.apiKey).toMatch(/^lh_[a-z0-9]{8}_[\w-]{43}$/);
  expect(await authenticateApiKey(db, made.apiKey)).toMatchObject({
    organizationId: made.organizationId,
    scopes: ["read", "write"],
  });
  const { rows } = await sql<{ row: string }>`select api_keys::text as row from api_keys`.execute(
    db,
  );
  // The secret may contain underscores itself, so it isn't what follows the last one.
  const secret = made.apiKey.slice("lh_12345678_".length);
  expect(rows.map((row) => row.row).join()).not.toContain(secret);
});

test("rejects a malformed, unknown or revoked key", async () => {
  const { organizationId } = await createOrganization({ ...valid, email: "revoked@example.com" });
  const apiKey = await createApiKey(db, { organizationId, name: "x", createdBy: null });
  await db
    .updateTable("api_keys")
    .set({ revoked_at: new Date() })
    .where("name", "=", "x")
    .execute();
  expect(await authenticateApiKey(db, apiKey)).toBeNull();
  expect(await authenticateApiKey(db, generateApiKey())).toBeNull();
  expect(await authenticateApiKey(db, "lh_x")).toBeNull();
});

test("records a key's last use at most once per minute", async () => {
  const made = await createOrganization({ ...valid, email: "used@example.com" });
  const lastUsed = async () => {
    const row = await db
      .selectFrom("api_keys")
      .select("last_used_at")
      .where("organization_id", "=", made.organizationId)
      .executeTakeFirstOrThrow();
    return row.last_used_at?.getTime();
  };
  await authenticateApiKey(db, made.apiKey);
  const first = await lastUsed();
  expect(first).toBeTypeOf("number");
  await authenticateApiKey(db, made.apiKey);
  expect(await lastUsed()).toBe(first);
  await db
    .updateTable("api_keys")
    .set({ last_used_at: new Date(Date.now() - 61_000) })
    .where("organization_id", "=", made.organizationId)
    .execute();
  await authenticateApiKey(db, made.apiKey);
  expect(await lastUsed()).toBeGreaterThanOrEqual(first ?? 0);
});
