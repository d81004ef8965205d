import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { createDb } from "./create-db.ts";
import { createPool } from "./create-pool.ts";
import { storableJson } from "./storable-json.ts";

const { databaseUrl } = await useTestDatabase();
const db = createDb(createPool({ connectionString: databaseUrl, max: 1 }));
afterAll(() => db.destroy());

async function throughJsonb(value: object): Promise<unknown> {
  const { rows } = await sql<{ value: unknown }>`
    select ${storableJson(value)}::jsonb as value
  `.execute(db);
  return rows[0]?.value;
}

test("values that jsonb accepts come back unchanged", async () => {
  const value = {
    a: String.raw`back\slash \u0000 as text`,
    b: ["😀", "\u{1}", null],
    c: { d: 1.5 },
  };
  expect(await throughJsonb(value)).toEqual(value);
});

test("only characters that jsonb refuses are replaced, in keys and values at any depth", async () => {
  const value = { "k\0": [{ deep: "a\0b", half: "x\u{D83D}", low: "\u{DE00}y" }], whole: "😀" };
  expect(await throughJsonb(value)).toEqual({
    "k\u{FFFD}": [{ deep: "a\u{FFFD}b", half: "x\u{FFFD}", low: "\u{FFFD}y" }],
    whole: "😀",
  });
});
