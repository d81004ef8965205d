import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { normalizePhone } from "@loudhailer/core/contacts/normalize-phone.ts";
import { parse } from "csv-parse";
import { afterAll, expect, test } from "vitest";
import { writeSyntheticContacts } from "./write-synthetic-contacts.ts";

const scratch = mkdtempSync(join(tmpdir(), "loudhailer-contacts-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test("writeSyntheticContacts gives each contact a unique valid phone number and quotes names", async () => {
  const file = join(scratch, "contacts.csv");
  await writeSyntheticContacts(file, 2_500);
  const phones = new Set<string>();
  const names = new Set<string>();
  for await (const row of createReadStream(file).pipe(parse({ columns: true }))) {
    expect(normalizePhone(row.Phone)).toEqual({ phone: row.Phone });
    phones.add(row.Phone);
    names.add(row["Full Name"]);
  }
  expect(phones.size).toBe(2_500);
  expect(names).toContain('"Bob" O\'Neill, Jr.');
});
