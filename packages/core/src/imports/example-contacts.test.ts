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
    "the phone number is empty": 6,
    "the phone number contains letters": 6,
    "the phone number is too short": 8,
    "the phone number is too long": 4,
    "a spreadsheet has rounded the phone number (such as 4.915E+12); format the column as text and export it again": 6,
    "the phone number has no known country code": 2,
    "the row has 2 fields, the header 8": 1,
    "the row has 7 fields, the header 8": 1,
    "the row has 9 fields, the header 8": 1,
    "a quote is opened and never closed": 1,
  });
});
