import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { createTestOrganization } from "@loudhailer/testing/create-test-broadcast.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { afterAll, expect, test } from "vitest";
import { previewAudience } from "./preview-audience.ts";

const { databaseUrl } = await useTestDatabase();
const admin = createDb(createPool({ connectionString: databaseUrl }));
const api = createDb(createPool({ connectionString: databaseUrl, role: "loudhailer_api" }));
afterAll(() => Promise.all([admin.destroy(), api.destroy()]));

async function organizationWithContacts() {
  const { organizationId } = await createTestOrganization(admin);
  await admin
    .insertInto("contacts")
    .values(
      Array.from({ length: 10 }, (_, index) => ({
        organization_id: organizationId,
        ...(index === 0
          ? { phone: null, whatsapp_user_id: "US.1" }
          : { phone: `+491713920010${index}` }),
        tags: ["vip"],
        opted_out_at: index > 7 ? new Date() : null,
      })),
    )
    .execute();
  return { db: api, organizationId, actor: { userId: null, apiKeyId: null, ipAddress: null } };
}

test("counts reachable contacts, and opted-out contacts separately", async () => {
  const ctx = await organizationWithContacts();
  const preview = await previewAudience(ctx, { segmentCriteria: { tag: "vip" } });
  expect(preview).toMatchObject({ count: 7, optedOut: 2 });
  expect(preview.sample).toHaveLength(5);
  expect(preview.sample.every(({ phone, optedIn }) => phone !== null && optedIn)).toBe(true);
});

test("counts only the organization's own contacts", async () => {
  const [ctx] = await Promise.all([organizationWithContacts(), organizationWithContacts()]);
  const everyone = { combinator: "and", rules: [] };
  expect(await previewAudience(ctx, { segmentCriteria: everyone })).toMatchObject({ count: 7 });
});

test("rejects an invalid segment", async () => {
  const ctx = await organizationWithContacts();
  await expect(previewAudience(ctx, { segmentCriteria: {} })).rejects.toMatchObject({
    code: "invalid_input",
  });
});
