import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { createTestOrganization } from "@loudhailer/testing/create-test-broadcast.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { afterAll, expect, test } from "vitest";
import type { TenantContext } from "../tenant-context.ts";
import { contactFieldSql } from "./contact-field-sql.ts";
import { getContact } from "./get-contact.ts";
import { listContacts } from "./list-contacts.ts";

const { databaseUrl } = await useTestDatabase();
const admin = createDb(createPool({ connectionString: databaseUrl }));
const api = createDb(createPool({ connectionString: databaseUrl, role: "loudhailer_api" }));
afterAll(() => Promise.all([admin.destroy(), api.destroy()]));

interface Person {
  name: string;
  email?: string;
  tags?: string[];
}

async function organizationWith(people: Person[]): Promise<TenantContext> {
  const { organizationId } = await createTestOrganization(admin);
  await admin
    .insertInto("contacts")
    .values(
      people.map((person, index) => ({
        ...person,
        organization_id: organizationId,
        phone: `+49171392${10_000 + index}`,
      })),
    )
    .execute();
  return { db: api, organizationId, actor: { userId: null, apiKeyId: null, ipAddress: null } };
}

function names(page: { items: { name: string | null }[] }) {
  return page.items.map(({ name }) => name);
}

test("pages neither repeat nor skip a contact while others are added", async () => {
  const people = Array.from({ length: 7 }, (_, index) => ({ name: `P${index}` }));
  const ctx = await organizationWith(people);
  const first = await listContacts(ctx, { limit: 3 });
  await admin
    .insertInto("contacts")
    .values({ organization_id: ctx.organizationId, phone: "+4917139299999", name: "late" })
    .execute();
  const second = await listContacts(ctx, { limit: 3, cursor: first.nextCursor ?? "" });
  const third = await listContacts(ctx, { limit: 3, cursor: second.nextCursor ?? "" });
  expect([first, second, third].flatMap(names)).toEqual(["P6", "P5", "P4", "P3", "P2", "P1", "P0"]);
  expect(third.nextCursor).toBeNull();
});

test("search matches literal parts of name, email and phone, and tags match only whole", async () => {
  const ctx = await organizationWith([
    { name: "Ana 100%", email: "ana@example.com", tags: ["vip"] },
    { name: "Bo", email: "bo@example.org", tags: ["vip2"] },
  ]);
  const search = async (text: string) => names(await listContacts(ctx, { limit: 9, search: text }));
  expect(await search("ana")).toEqual(["Ana 100%"]);
  expect(await search("100%")).toEqual(["Ana 100%"]);
  expect(await search("%")).toEqual([]);
  expect(await search("b")).toEqual(["Bo"]);
  expect(await search("EXAMPLE.ORG")).toEqual(["Bo"]);
  expect(await search("+49 171 392-10001")).toEqual(["Bo"]);
  expect(await search("")).toEqual(["Bo", "Ana 100%"]);
  expect(names(await listContacts(ctx, { limit: 9, tag: "vip" }))).toEqual(["Ana 100%"]);
});

test("rejects another organization's contact, an unknown id and an invalid cursor", async () => {
  const [ctx, stranger] = await Promise.all([
    organizationWith([{ name: "Ana" }]),
    organizationWith([{ name: "Bo" }]),
  ]);
  const id = (await listContacts(ctx, { limit: 1 })).items[0]?.id ?? "";
  expect(await getContact(ctx, id)).toMatchObject({ id, name: "Ana" });
  for (const unknown of [id, "9".repeat(18)]) {
    await expect(getContact(stranger, unknown)).rejects.toMatchObject({ code: "not_found" });
  }
  await expect(listContacts(ctx, { limit: 1, cursor: "x" })).rejects.toMatchObject({
    code: "invalid_input",
  });
});

test("a contact field is trimmed text, and null if it is missing or blank", async () => {
  const { organizationId } = await organizationWith([{ name: " Ana\u00A0", email: " " }]);
  const row = await admin
    .selectFrom("contacts as c")
    .where("c.organization_id", "=", organizationId)
    .select([
      contactFieldSql("name").as("name"),
      contactFieldSql("email").as("email"),
      contactFieldSql("attributes.City").as("city"),
    ])
    .executeTakeFirstOrThrow();
  expect(row).toEqual({ name: "Ana", email: null, city: null });
  expect(() => contactFieldSql("tags")).toThrow("not a contact's field");
});
