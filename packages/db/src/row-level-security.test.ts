import {
  createTestBroadcast,
  createTestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { sql } from "kysely";
import { afterAll, describe, expect, test } from "vitest";
import { createDb } from "./create-db.ts";
import { createPool } from "./create-pool.ts";
import { withTenant } from "./tenant.ts";

const { databaseUrl } = await useTestDatabase();
const owner = createDb(createPool({ connectionString: databaseUrl, max: 2 }));
const api = createDb(createPool({ connectionString: databaseUrl, role: "loudhailer_api", max: 2 }));
const auth = createDb(
  createPool({ connectionString: databaseUrl, role: "loudhailer_auth", max: 2 }),
);
const engine = createDb(
  createPool({ connectionString: databaseUrl, role: "loudhailer_engine", max: 2 }),
);
afterAll(() => Promise.all([owner, api, auth, engine].map((db) => db.destroy())));

async function tablesOfTenants(): Promise<string[]> {
  const { rows } = await sql<{ table_name: string }>`
    select table_name from information_schema.columns
    join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and column_name = 'organization_id' and table_type = 'BASE TABLE'
    order by table_name
  `.execute(owner);
  return rows.map((row) => row.table_name);
}

describe("row-level security", () => {
  test("is on for every table that has an organization", async () => {
    const { rows } = await sql<{ relname: string }>`
      select relname from pg_class
      where relrowsecurity and relnamespace = 'public'::regnamespace
    `.execute(owner);
    const secured = new Set(rows.map((row) => row.relname));
    const tables = await tablesOfTenants();
    expect(tables.length).toBeGreaterThan(10);
    expect(tables.filter((table) => !secured.has(table))).toEqual([]);
  });

  test("shows the API only one organization's rows when a query forgets its where", async () => {
    const mine = await createTestOrganization(owner);
    const other = await createTestOrganization(owner);
    await createTestBroadcast(owner, mine, { recipients: 2 });
    await createTestBroadcast(owner, other, { recipients: 3 });
    for (const table of await tablesOfTenants()) {
      const { rows } = await withTenant(api, mine.organizationId, (trx) =>
        sql<{ organization_id: string }>`select organization_id from ${sql.table(table)}`.execute(
          trx,
        ),
      );
      const foreign = rows.filter((row) => row.organization_id !== mine.organizationId);
      expect(foreign, table).toEqual([]);
    }
  });

  test("shows the API nothing outside a tenant's transaction", async () => {
    await createTestOrganization(owner);
    expect(await api.selectFrom("whatsapp_providers").selectAll().execute()).toEqual([]);
  });

  test("keeps the API from writing into another organization", async () => {
    const mine = await createTestOrganization(owner);
    const other = await createTestOrganization(owner);
    await expect(
      withTenant(api, mine.organizationId, (trx) =>
        trx
          .insertInto("contacts")
          .values({ organization_id: other.organizationId, phone: "+15550100001" })
          .execute(),
      ),
    ).rejects.toThrow(/row-level security/);
    const { numUpdatedRows } = await withTenant(api, mine.organizationId, (trx) =>
      trx
        .updateTable("whatsapp_providers")
        .set({ display_name: "mine now" })
        .where("id", "=", other.providerId)
        .executeTakeFirstOrThrow(),
    );
    expect(numUpdatedRows).toBe(0n);
  });

  test("shows the engine every organization's rows", async () => {
    const [first, second] = [
      await createTestOrganization(owner),
      await createTestOrganization(owner),
    ];
    const rows = await engine
      .selectFrom("whatsapp_providers")
      .where("organization_id", "in", [first.organizationId, second.organizationId])
      .select("id")
      .execute();
    expect(rows).toHaveLength(2);
  });

  test("denies the auth role access to tenant data", async () => {
    await expect(auth.selectFrom("contacts").selectAll().execute()).rejects.toThrow(
      /permission denied/,
    );
  });
});

test("a broadcast can't refer to another organization's number or template", async () => {
  const mine = await createTestOrganization(owner);
  const other = await createTestOrganization(owner);
  await expect(
    createTestBroadcast(owner, { ...mine, providerId: other.providerId }, { recipients: 1 }),
  ).rejects.toThrow(/foreign key/);
  await expect(
    createTestBroadcast(owner, { ...mine, templateId: other.templateId }, { recipients: 1 }),
  ).rejects.toThrow(/foreign key/);
});

test("status updates stay HOT: no index has a status, or a time except of recipients that wait or replied", async () => {
  const { rows } = await sql<{ indexname: string; indexdef: string }>`
    select indexname, indexdef from pg_indexes where tablename = 'whatsapp_broadcast_recipients'
  `.execute(owner);
  const isOfFew = ({ indexdef }: (typeof rows)[number]) =>
    /WHERE.*(?:next_attempt_at|replied_at) IS NOT NULL/.test(indexdef);
  expect(rows.filter(isOfFew)).toHaveLength(2);
  const others = rows.filter((row) => !isOfFew(row)).map((row) => row.indexdef);
  expect(others.filter((def) => /status|_at|claimed|attempts/.test(def))).toEqual([]);
});
