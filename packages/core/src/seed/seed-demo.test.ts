import { randomBytes } from "node:crypto";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { afterAll, expect, test } from "vitest";
import { generateApiKey } from "../accounts/api-key-format.ts";
import { authenticateApiKey } from "../accounts/authenticate-api-key.ts";
import { createOrganization } from "../accounts/create-organization.ts";
import { decryptSecret } from "../secrets/decrypt-secret.ts";
import { seedDemo, type SeedDemoInput } from "./seed-demo.ts";

const { databaseUrl } = await useTestDatabase();
const db = createDb(createPool({ connectionString: databaseUrl }));
afterAll(() => db.destroy());

const keyring = { currentId: "k", keys: new Map([["k", randomBytes(32)]]) };
const demo: SeedDemoInput = {
  databaseUrl,
  keyring,
  email: "demo@example.com",
  password: "a good password",
  provider: {
    phoneNumberId: "1001",
    wabaId: "2001",
    accessToken: "token-1",
    appSecret: "secret-1",
    verifyToken: "verify-1",
  },
};

test("repeating the seed changes only values that differ", async () => {
  const first = await seedDemo({ ...demo, phoneNumber: "+15550001111", displayName: "Shop" });
  expect(first.apiKey).toMatch(/^lh_/);
  const again = await seedDemo({ ...demo, provider: { ...demo.provider, accessToken: "token-2" } });
  expect(again).toEqual({ ...first, apiKey: null });

  const providers = await db.selectFrom("whatsapp_providers").selectAll().execute();
  expect(providers).toMatchObject([
    { organization_id: first.organizationId, phone_number: "+15550001111", display_name: "Shop" },
  ]);
  expect(decryptSecret(keyring, providers[0]?.access_token ?? "")).toBe("token-2");
  expect(JSON.stringify(providers)).not.toMatch(/token-\d|secret-\d/);
  const organizations = await db.selectFrom("organizations").select("name").execute();
  expect(organizations).toEqual([{ name: "Datacare Demo" }]);
});

test("stores a given API key once, however often the seed runs", async () => {
  const apiKey = generateApiKey();
  const seeded = await seedDemo({ ...demo, apiKey });
  expect(await seedDemo({ ...demo, apiKey })).toEqual({ ...seeded, apiKey });
  expect(await authenticateApiKey(db, apiKey)).toMatchObject({
    organizationId: seeded.organizationId,
  });
});

test.each([
  ["WHATSAPP_PHONE_NUMBER_ID", { phoneNumberId: "+1 555 000" }],
  ["WHATSAPP_WABA_ID", { wabaId: "my-waba" }],
])("rejects a wrong %s and names it", async (variable, wrong) => {
  const seeding = seedDemo({ ...demo, provider: { ...demo.provider, ...wrong } });
  await expect(seeding).rejects.toMatchObject({
    code: "invalid_input",
    message: expect.stringContaining(variable),
  });
});

test("rejects a number that another organization has connected", async () => {
  const other = await createOrganization({
    databaseUrl,
    name: "Other",
    email: "other@example.com",
    password: "a good password",
  });
  await db
    .insertInto("whatsapp_providers")
    .values({
      organization_id: other.organizationId,
      phone_number_id: "1002",
      waba_id: "2002",
      access_token: "x",
      webhook_verify_token: "verify-2",
    })
    .execute();
  const provider = { ...demo.provider, phoneNumberId: "1002", verifyToken: "verify-3" };
  await expect(seedDemo({ ...demo, provider })).rejects.toMatchObject({ code: "conflict" });
});
