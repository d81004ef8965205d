import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { createTestOrganization } from "@loudhailer/testing/create-test-broadcast.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { afterAll, expect, test } from "vitest";
import { listContacts } from "../contacts/list-contacts.ts";
import type { TenantContext } from "../tenant-context.ts";
import { getContactImport } from "./get-contact-import.ts";
import { importContacts, startContactImport, type ImportContactsInput } from "./import-contacts.ts";
import { resumeContactImports } from "./resume-contact-imports.ts";
import { streamRejectedCsv } from "./stream-rejected-csv.ts";
import { undoContactImport } from "./undo-contact-import.ts";

const { databaseUrl } = await useTestDatabase();
const admin = createDb(createPool({ connectionString: databaseUrl }));
const api = createDb(createPool({ connectionString: databaseUrl, role: "loudhailer_api" }));
const engine = createDb(createPool({ connectionString: databaseUrl, role: "loudhailer_engine" }));
afterAll(() => Promise.all([admin.destroy(), api.destroy(), engine.destroy()]));

async function organization(): Promise<TenantContext> {
  const { organizationId } = await createTestOrganization(admin);
  return { db: api, organizationId, actor: { userId: null, apiKeyId: null, ipAddress: null } };
}

async function* bytes(...pieces: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield typeof piece === "string" ? Buffer.from(piece) : piece;
}

async function* interrupted(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
  throw new Error("aborted");
}

async function* slowly(texts: string[], before: () => Promise<void>): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    await before();
    yield Buffer.from(text);
  }
}

const log = { info: () => {}, warn: () => {}, error: () => {} };

type Options = Omit<ImportContactsInput, "open" | "fileName" | "log">;

function upload(ctx: TenantContext, csv: string | Uint8Array, options: Options = {}) {
  return importContacts(ctx, { open: () => bytes(csv), fileName: "contacts.csv", log, ...options });
}

async function importAll(ctx: TenantContext, csv: string | Uint8Array, options: Options = {}) {
  const { id } = await upload(ctx, csv, options);
  const result = await getContactImport(ctx, id);
  expect(result.createdContacts + result.updatedContacts + result.rejectedRows).toBe(
    result.processedRows,
  );
  return result;
}

async function contactsOf(ctx: TenantContext) {
  const { items } = await listContacts(ctx, { limit: 200 });
  return items.toSorted((a, b) => (a.phone ?? "").localeCompare(b.phone ?? ""));
}

async function rejectedCsv(ctx: TenantContext, id: string): Promise<string> {
  let text = "";
  for await (const piece of await streamRejectedCsv(ctx, id)) text += piece;
  return text;
}

async function storedRows(ctx: TenantContext): Promise<number> {
  const tables = [
    "contact_imports",
    "contact_import_changes",
    "contact_import_rejected_rows",
  ] as const;
  const counts = tables.map((table) =>
    admin
      .selectFrom(table)
      .where("organization_id", "=", ctx.organizationId)
      .select((eb) => eb.fn.countAll<string>().as("count"))
      .executeTakeFirstOrThrow(),
  );
  return (await Promise.all(counts)).reduce((sum, { count }) => sum + Number(count), 0);
}

test("matches columns by their headers in any case and order and makes all others attributes", async () => {
  const ctx = await organization();
  const result = await importAll(
    ctx,
    "City,E mail,WHATS_APP,Full Name, Labels ,__proto__\nKöln,a@b.c,+4917139200100,Ana,vip; new,x\n",
  );
  expect(result).toMatchObject({ status: "completed", processedRows: 1, createdContacts: 1 });
  expect(await contactsOf(ctx)).toMatchObject([
    {
      phone: "+4917139200100",
      name: "Ana",
      email: "a@b.c",
      tags: ["vip", "new"],
      attributes: JSON.parse('{"City":"Köln","__proto__":"x"}'),
      optedIn: true,
    },
  ]);
});

test.each([
  ["comma, LF", "phone,city\n+4917139200100,a;b\n"],
  [
    "semicolon, CRLF, byte order mark",
    "\uFEFFphone;city\r\n+4917139200100;a;b\r\n".replace("a;b", '"a;b"'),
  ],
  ["tab, CR, quoted header with commas", '"phone"\tcity\r+4917139200100\ta;b'],
])("reads a file with %s", async (_, csv) => {
  const ctx = await organization();
  await importAll(ctx, csv);
  expect(await contactsOf(ctx)).toMatchObject([
    { phone: "+4917139200100", attributes: { city: "a;b" } },
  ]);
});

test("uses the last row of a phone number and counts it as an update", async () => {
  const ctx = await organization();
  const result = await importAll(
    ctx,
    "phone,name,tags,a\n0171 39200100,First,one,1\n+4917139200100,Last,two,2\n+4917139200101,,,\n",
    { defaultCountry: "de" },
  );
  expect(result).toMatchObject({
    processedRows: 3,
    createdContacts: 2,
    updatedContacts: 1,
    repeatedRows: 1,
  });
  expect(await contactsOf(ctx)).toMatchObject([
    { name: "Last", tags: ["one", "two"], attributes: { a: "2" } },
    { name: null, tags: [], attributes: {} },
  ]);
});

test("an existing contact keeps values that the file leaves empty, its other tags and its opt-out", async () => {
  const ctx = await organization();
  await importAll(ctx, "phone,name,email,tags,a,b\n+4917139200100,Ana,a@b.c,old,1,1\n");
  await admin
    .updateTable("contacts")
    .set({ opted_out_at: new Date() })
    .where("organization_id", "=", ctx.organizationId)
    .execute();
  const result = await importAll(
    ctx,
    "phone,name,email,tags,a,b\n+4917139200100,,new@b.c,new,,2\n",
    { tags: ["file", "old"] },
  );
  expect(result).toMatchObject({ createdContacts: 0, updatedContacts: 1 });
  expect(await contactsOf(ctx)).toMatchObject([
    {
      name: "Ana",
      email: "new@b.c",
      tags: ["old", "new", "file"],
      attributes: { a: "1", b: "2" },
      optedIn: false,
    },
  ]);
});

test("a contact stays opted out when the file has the number in its other spelling", async () => {
  const ctx = await organization();
  await importAll(ctx, "phone\n+5511987654321\n+5511987654322\n");
  await admin
    .updateTable("contacts")
    .set({ opted_out_at: new Date(), opt_out_source: "stop_word" })
    .where("organization_id", "=", ctx.organizationId)
    .where("phone", "=", "+5511987654321")
    .execute();
  await importAll(ctx, "phone\n+551187654321\n+551187654322\n");
  const out = (await contactsOf(ctx)).filter(({ optedIn }) => !optedIn);
  expect(out.map(({ phone, optOutSource }) => [phone, optOutSource])).toEqual([
    ["+551187654321", "stop_word"],
    ["+5511987654321", "stop_word"],
  ]);
});

test("counts and lists a bad row with its line and reason and imports the other rows", async () => {
  const ctx = await organization();
  const result = await importAll(
    ctx,
    [
      "phone,name",
      '+4917139200100,"two\nlines, ""quoted"""',
      "nobody,Bad",
      "",
      '+4917139200101,"never closed',
      "+4917139200102,too,many",
      "+4917139200103",
      `+4917139200104,${"x".repeat(4_097)}`,
      "4.915E+12,Excel",
      "+4917139200105,Last",
    ].join("\n"),
  );
  expect(result).toMatchObject({ processedRows: 8, createdContacts: 2, rejectedRows: 6 });
  expect((await rejectedCsv(ctx, result.id)).split("\r\n")).toEqual([
    "\uFEFFline,reason,phone,name",
    "4,the phone number contains letters,nobody,Bad",
    '6,a quote is opened and never closed,+4917139200101,"""never closed"',
    '7,"the row has 3 fields, the header 2",+4917139200102,too,many',
    '8,"the row has 1 fields, the header 2",+4917139200103',
    `9,a field is longer than 4096 characters,+4917139200104,${"x".repeat(4_097)}`,
    expect.stringMatching(/^10,"a spreadsheet has rounded the phone number .*",4.915E\+12,Excel$/),
    "",
  ]);
});

test("follows the mapping and matches unmapped columns by their headers", async () => {
  const ctx = await organization();
  await importAll(ctx, "Phone,Handy,Vorname,Notes,tags\n030,+4917139200100,Ana,secret,vip\n", {
    mapping: { Handy: "phone", Vorname: "name", Notes: "ignore", Phone: "attributes.Office" },
  });
  expect(await contactsOf(ctx)).toMatchObject([
    { phone: "+4917139200100", name: "Ana", tags: ["vip"], attributes: { Office: "030" } },
  ]);
});

const utf16 = Buffer.from("\uFEFFphone\n+4917139200100\n", "utf16le");
const latin1 = Buffer.concat([
  Buffer.from(`phone,name\n${"+4917139200100,Ana\n".repeat(10_000)}`),
  Buffer.from("+4917139200101,M\xFCller\n", "latin1"),
]);

test.each<[string, string | Uint8Array, Options, RegExp]>([
  [
    "without a phone column",
    "name,city\nAna,Köln\n",
    {},
    /columns are "name", "city".*phone, mobile/,
  ],
  ["that is empty", "", {}, /empty/],
  ["of blank lines", "\n \n", {}, /empty/],
  ["with a header only", "phone,name\n", {}, /no rows/],
  ["that is an Excel workbook", Buffer.from("PK\u0003\u0004rest"), {}, /Excel.*CSV UTF-8/],
  ["that is an image", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 1]), {}, /CSV UTF-8/],
  ["of NUL bytes", "phone\n\0\0\0", {}, /not text/],
  ["in UTF-16", utf16, {}, /UTF-16.*CSV UTF-8/],
  ["in Latin-1, found out after 10,000 rows", latin1, {}, /not UTF-8/],
  ["with two phone columns", "Phone,Mobile\n1,2\n", {}, /"Phone", "Mobile".*mapping/],
  ["with a broken header", 'phone,"name\n', {}, /first line.*quote/],
  ["whose mapping is wrong", "phone\n1\n", { mapping: { Tel: "phone" } }, /"Tel".*"phone"/],
  ["whose mapping goes nowhere", "phone\n1\n", { mapping: { phone: "tel" } }, /mapping/],
  ["with an unknown country", "phone\n1\n", { defaultCountry: "XX" }, /defaultCountry.*XX/],
])("rejects a file %s with advice and stores nothing", async (_, file, options, message) => {
  const ctx = await organization();
  await expect(upload(ctx, file, options)).rejects.toMatchObject({
    name: "DomainError",
    code: "invalid_input",
    message: expect.stringMatching(message),
  });
  expect(await storedRows(ctx)).toBe(0);
});

const interruptedFile = () => interrupted(`phone\n${"+4917139200100\n".repeat(20_000)}`);

test("changes nothing when a file can't be read to its end", async () => {
  const ctx = await organization();
  await expect(
    importContacts(ctx, { open: interruptedFile, fileName: "a.csv", log }),
  ).rejects.toThrow("aborted");
  expect(await storedRows(ctx)).toBe(0);
});

async function importTwoContacts(ctx: TenantContext) {
  await importAll(ctx, "phone,name,tags,a\n+4917139200100,Ana,old,1\n+4917139200101,Bob,old,1\n");
  return contactsOf(ctx);
}

/** A CSV file with 5,000 new contacts and new values for two existing ones. */
const large = `phone,name,tags,a,b\n+4917139200100,Other,new,2,2\n+4917139200101,Other,new,2,2\n${Array.from({ length: 5_000 }, (_, index) => `+4915110${100_000 + index},New,new,1,1`).join("\n")}\n`;

test("restores all contacts when an import fails halfway", async () => {
  const ctx = await organization();
  const before = await importTwoContacts(ctx);
  let opened = 0;
  const open = () => (++opened === 1 ? bytes(large) : interrupted(large));
  const { id } = await importContacts(ctx, { open, fileName: "a.csv", log });
  expect(await getContactImport(ctx, id)).toMatchObject({
    status: "failed",
    failureReason: expect.stringMatching(/interrupted.*undone/),
  });
  expect(await contactsOf(ctx)).toEqual(before);
});

test("undoes an import whose process died, and ends it with an error if it continues", async () => {
  const ctx = await organization();
  const before = await importTwoContacts(ctx);
  let pieces = 0;
  const halves = [large.slice(0, large.length / 2), large.slice(large.length / 2)];
  const open = () =>
    slowly(halves, async () => {
      // The first two pieces only check the file.
      if (++pieces === 4)
        await resumeContactImports({ db: engine, log }, { inactiveMinutesMax: 0 });
    });
  const started = await startContactImport(ctx, { open, fileName: "a.csv", log });
  await started.run();
  expect(await getContactImport(ctx, started.id)).toMatchObject({ status: "failed" });
  expect(await contactsOf(ctx)).toEqual(before);
});

test("undoing an import restores and deletes all contacts except those edited since", async () => {
  const ctx = await organization();
  const before = await importTwoContacts(ctx);
  const { id } = await importAll(ctx, large);
  await admin
    .updateTable("contacts")
    .set({ name: "Edited", updated_at: new Date() })
    .where("organization_id", "=", ctx.organizationId)
    .where("phone", "in", ["+4917139200101", "+4915110100007"])
    .execute();
  await undoContactImport(ctx, id);
  await Promise.all([
    resumeContactImports({ db: engine, log }),
    resumeContactImports({ db: engine, log }),
  ]);
  await resumeContactImports({ db: engine, log });
  expect(await getContactImport(ctx, id)).toMatchObject({
    status: "undone",
    undoneContacts: 5_000,
  });
  const [touched, ana, bob, ...others] = await contactsOf(ctx);
  expect(ana).toEqual(before[0]);
  expect([bob, touched]).toMatchObject([
    { name: "Edited", tags: ["old", "new"] },
    { phone: "+4915110100007", name: "Edited" },
  ]);
  expect(others).toEqual([]);
  await expect(undoContactImport(ctx, id)).rejects.toMatchObject({
    code: "conflict",
    details: { status: "undone" },
  });
});

test("simultaneous imports of the same contacts don't deadlock", async () => {
  const ctx = await organization();
  const phones = Array.from({ length: 3_000 }, (_, index) => `+4915110${100_000 + index}`);
  const uploads = [phones, phones.toReversed(), phones].map((order) =>
    upload(ctx, `phone\n${order.join("\n")}\n`),
  );
  const ids = (await Promise.all(uploads)).map(({ id }) => id);
  const results = await Promise.all(ids.map((id) => getContactImport(ctx, id)));
  expect(results.reduce((sum, { createdContacts }) => sum + createdContacts, 0)).toBe(3_000);
  expect(results.reduce((sum, { updatedContacts }) => sum + updatedContacts, 0)).toBe(6_000);
});

test("hides an import and its rejected rows from other organizations", async () => {
  const [ctx, stranger] = await Promise.all([organization(), organization()]);
  const { id } = await upload(ctx, "phone\nbad\n");
  await expect(getContactImport(stranger, id)).rejects.toMatchObject({ code: "not_found" });
  await expect(rejectedCsv(stranger, id)).rejects.toMatchObject({ code: "not_found" });
  await expect(getContactImport(stranger, "no uuid")).rejects.toMatchObject({ code: "not_found" });
});

test("lists all rejected rows of several pages in the order of their lines", async () => {
  const ctx = await organization();
  const { id } = await importAll(ctx, `phone\n${"bad\n".repeat(2_500)}`);
  const lines = (await rejectedCsv(ctx, id)).trimEnd().split("\r\n").slice(1);
  expect(lines.map((line) => Number(line.split(",")[0]))).toEqual(
    Array.from({ length: 2_500 }, (_, index) => index + 2),
  );
});
