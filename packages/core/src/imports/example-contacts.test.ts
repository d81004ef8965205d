import { createReadStream } from "node:fs";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { createTestOrganization } from "@loudhailer/testing/create-test-broadcast.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { afterAll, expect, test } from "vitest";
import { getContactImport } from "./get-contact-import.ts";
import { importContacts } from "./import-contacts.ts";

const { databaseUrl } = await useTestDatabase();
const admin = createDb(createPool({ connectionString: databaseUrl }));
const api = createDb(createPool({ connectionString: databaseUrl, role: "loudhailer_api" }));
afterAll(() => Promise.all([admin.destroy(), api.destroy()]));

const { organizationId } = await createTestOrganization(admin);
const ctx = { db: api, organizationId, actor: { userId: null, apiKeyId: null, ipAddress: null } };

test("imports examples/contacts.csv: 1,000 rows, 920 contacts, 44 repeats, 36 rejected rows", async () => {
  const file = new URL("../../../../examples/contacts.csv", import.meta.url);
  const { id } = await importContacts(ctx, {
    open: () => createReadStream(file),
    fileName: "contacts.csv",
    log: { info: () => {}, warn: () => {}, error: () => {} },
    defaultCountry: "DE",
  });
  expect(await getContactImport(ctx, id)).toMatchObject({
    status: "completed",
    processedRows: 1_000,
    createdContacts: 920,
    updatedContacts: 44,
    rejectedRows: 36,
  });

  const reasons = await admin
    .selectFrom("contact_import_rejected_rows")
    .select(["reason", (eb) => eb.fn.countAll<string>().as("count")])
    .where("import_id", "=", id)
    .where("reason", "<>", "")
    .groupBy("reason")
    .execute();
  expect(Object.fromEntries(reasons.map((row) => [row.reason, Number(row.count)]))).toEqual({
    phone_empty: 6,
    phone_has_letters: 6,
    phone_too_short: 8,
    phone_too_long: 4,
    phone_rounded: 6,
    phone_country_unknown: 2,
    wrong_field_count: 3,
    quote_not_closed: 1,
  });
});
