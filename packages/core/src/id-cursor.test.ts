import { randomUUID } from "node:crypto";
import type { Page, PageQuery } from "@loudhailer/contracts/pagination.ts";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { createTestOrganization } from "@loudhailer/testing/create-test-broadcast.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { afterAll, expect, test } from "vitest";
import { listMembers } from "./accounts/list-members.ts";
import { listApiKeys } from "./accounts/manage-api-keys.ts";
import { listContactImports } from "./imports/list-contact-imports.ts";
import { listMedia } from "./media/list-media.ts";
import { listProviders } from "./providers/list-providers.ts";
import { listSegments } from "./segments/manage-segments.ts";
import { listTemplates } from "./templates/list-templates.ts";
import type { TenantContext } from "./tenant-context.ts";

const { databaseUrl } = await useTestDatabase();
const admin = createDb(createPool({ connectionString: databaseUrl }));
const api = createDb(createPool({ connectionString: databaseUrl, role: "loudhailer_api" }));
afterAll(() => Promise.all([admin.destroy(), api.destroy()]));

const [early, late] = [new Date("2026-01-01"), new Date("2026-01-02")];
/** Two rows of a list share a moment, so that their ids decide the order. */
const moments = [early, late, late];

async function organizationWithThreeOfEach(): Promise<TenantContext> {
  const { organizationId: organization_id, ...number } = await createTestOrganization(admin);
  const actor = { userId: null, apiKeyId: null, ipAddress: null };
  for (const [index, created_at] of moments.entries()) {
    const user = { name: "Ana", email: `${randomUUID()}@example.com` };
    const { id: user_id } = await admin
      .insertInto("users")
      .values(user)
      .returning("id")
      .executeTakeFirstOrThrow();
    const own = { organization_id, created_at };
    await admin
      .insertInto("members")
      .values({ ...own, user_id, role: "owner" })
      .execute();
    await admin
      .insertInto("api_keys")
      .values({ ...own, name: "Key", prefix: "lh_1", key_hash: Buffer.from(randomUUID()) })
      .execute();
    await admin
      .insertInto("contact_imports")
      .values({ ...own, headers: ["phone"] })
      .execute();
    await admin
      .insertInto("media")
      .values({
        ...own,
        provider_id: number.providerId,
        type: "image",
        mime_type: "image/png",
        file_name: "a.png",
        size_bytes: 1,
        sha256: Buffer.alloc(32, index),
        meta_media_id: randomUUID(),
        expires_at: late,
      })
      .execute();
    await admin
      .insertInto("segments")
      .values({ ...own, name: `Segment ${index}`, criteria: `{"tag": "vip"}` })
      .execute();
    if (index === 0) continue;
    await admin
      .insertInto("whatsapp_providers")
      .values({
        ...own,
        phone_number_id: randomUUID(),
        waba_id: number.wabaId,
        access_token: "not a ciphertext",
        webhook_verify_token: randomUUID(),
      })
      .execute();
    await admin
      .insertInto("whatsapp_templates")
      .values({
        ...own,
        waba_id: `another WABA ${index}`,
        meta_template_id: randomUUID(),
        name: "shared_name",
        language: "en_US",
        category: "MARKETING",
        status: "APPROVED",
        components: "[]",
      })
      .execute();
  }
  return { db: api, organizationId: organization_id, actor };
}

type List = (ctx: TenantContext, query: PageQuery) => Promise<Page<{ id: string }>>;

const lists: Record<string, List> = {
  members: listMembers,
  "API keys": listApiKeys,
  imports: listContactImports,
  media: listMedia,
  providers: (ctx, query) => listProviders({ ...ctx, webhookUrl: "" }, query),
  segments: listSegments,
  templates: listTemplates,
};

test.for(Object.entries(lists))("pages of %s have each row once, in order", async ([, list]) => {
  const ctx = await organizationWithThreeOfEach();
  const all = (await list(ctx, { limit: 9 })).items.map(({ id }) => id);
  expect(all).toHaveLength(3);

  const paged: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<{ id: string }> = await list(ctx, { limit: 1, ...(cursor && { cursor }) });
    paged.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(paged).toEqual(all);

  const stranger = await organizationWithThreeOfEach();
  expect((await list(stranger, { limit: 9, cursor: all[0] })).items).toEqual([]);
  await expect(list(ctx, { limit: 1, cursor: "x" })).rejects.toMatchObject({
    code: "invalid_input",
  });
});
