import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { createTestOrganization } from "@loudhailer/testing/create-test-broadcast.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { afterAll, expect, test } from "vitest";
import { DomainError } from "../domain-error.ts";
import { compileSegment } from "./compile-segment.ts";

const { databaseUrl } = await useTestDatabase();
const db = createDb(createPool({ connectionString: databaseUrl }));
afterAll(() => db.destroy());
const { organizationId } = await createTestOrganization(db);

const people = [
  {
    name: "Ana",
    phone: "+4917139200101",
    email: "Ana@Example.com",
    tags: ["vip", "new"],
    attributes: { City: "Berlin", Orders: "9", Birthday: "1990-05-01", Active: true },
    created_at: "2026-01-10T12:00:00Z",
  },
  {
    name: "Bo 100%",
    phone: "+4917139200102",
    email: null,
    tags: ["new"],
    attributes: { City: "Köln", Orders: "10", Birthday: "1985-01-01" },
    created_at: "2026-01-11T00:00:00Z",
  },
  {
    name: "Cy",
    phone: "+12025550143",
    email: "cy@example.org",
    tags: [],
    attributes: { City: "berlin", Orders: 10, Active: "false" },
    created_at: "2026-02-01T00:00:00Z",
  },
  {
    name: "Di_x",
    phone: "+12025550144",
    email: null,
    tags: ['o\'neil "x" \\,{}'],
    attributes: { Orders: "many", City: " " },
    created_at: "2026-03-01T00:00:00Z",
    opted_out_at: "2026-03-02T00:00:00Z",
  },
];
await db
  .insertInto("contacts")
  .values(
    people.map((person) => ({
      ...person,
      organization_id: organizationId,
      attributes: JSON.stringify(person.attributes),
    })),
  )
  .execute();

async function matching(criteria: unknown): Promise<string> {
  const rows = await db
    .selectFrom("contacts as c")
    .select("c.name")
    .where("c.organization_id", "=", organizationId)
    .where(compileSegment(criteria))
    .orderBy("c.id")
    .execute();
  return rows.map(({ name }) => name?.[0]).join("");
}

const all = { combinator: "and", rules: [] };

test.each<[field: string, operator: string, value: unknown, names: string]>([
  ["name", "=", "Ana", "A"],
  ["name", "=", "ana", ""],
  ["name", "contains", "AN", "A"],
  ["name", "contains", "0%", "B"],
  ["name", "contains", "_", "D"],
  ["name", "beginsWith", "b", "B"],
  ["name", "endsWith", "x", "D"],
  ["name", "doesNotContain", "a", "BCD"],
  ["name", "in", "Ana, Cy", "AC"],
  ["name", "notIn", ["Ana"], "BCD"],
  ["name", "between", ["B", "Cz"], "BC"],
  ["email", "=", "ANA@example.COM", "A"],
  ["email", "!=", "ana@example.com", "BCD"],
  ["email", "null", null, "BD"],
  ["email", "notNull", "", "AC"],
  ["email", "endsWith", "@EXAMPLE.org", "C"],
  ["phone", "beginsWith", "+49 171", "AB"],
  ["phone", "=", "+1 (202) 555-0143", "C"],
  ["tag", "=", "vip", "A"],
  ["tag", "contains", "new", "AB"],
  ["tag", "!=", "new", "CD"],
  ["tag", "in", "vip,nobody", "A"],
  ["tag", "notIn", ["vip", "new"], "CD"],
  ["tag", "null", "", "C"],
  ["tag", "=", 'o\'neil "x" \\,{}', "D"],
  ["optedIn", "=", true, "ABC"],
  ["optedIn", "=", "false", "D"],
  ["optedIn", "!=", "true", "D"],
  ["createdAt", "=", "2026-01-10", "A"],
  ["createdAt", "!=", "2026-01-10", "BCD"],
  ["createdAt", "<", "2026-01-11", "A"],
  ["createdAt", "<=", "2026-01-11", "AB"],
  ["createdAt", ">", "2026-01-11", "CD"],
  ["createdAt", ">=", "2026-01-11T01:00:00+01:00", "BCD"],
  ["createdAt", "between", "2026-01-11,2026-02-01", "BC"],
  ["createdAt", "notBetween", ["2026-01-11", "2026-02-01"], "AD"],
  ["attributes.City", "=", "Berlin", "A"],
  ["attributes.City", "!=", "Berlin", "BCD"],
  ["attributes.City", "contains", "BERLIN", "AC"],
  ["attributes.City", "null", null, "D"],
  ["attributes.City", "in", ["Berlin", "Köln"], "AB"],
  ["attributes.Orders", "=", 10, "BC"],
  ["attributes.Orders", "=", "10.0", "BC"],
  ["attributes.Orders", "<", 10, "A"],
  ["attributes.Orders", ">=", "9.5", "BC"],
  ["attributes.Orders", "between", [9, 9.9], "A"],
  ["attributes.Orders", "in", "9, 10.00", "ABC"],
  ["attributes.Orders", "=", "many", "D"],
  ["attributes.Birthday", "<", "1990-01-01", "B"],
  ["attributes.Active", "=", "true", "A"],
  ["attributes.Active", "=", false, "C"],
  ["attributes.no.such'; drop table contacts; --", "notNull", "", ""],
  ["name", "=", "'; drop table contacts; --", ""],
])("the rule %s %s %j finds %s", async (field, operator, value, names) => {
  expect(await matching({ combinator: "and", rules: [{ field, operator, value }] })).toBe(names);
});

test("combines, nests and negates groups, and a negation also finds contacts without the field", async () => {
  const berlin = { field: "attributes.City", operator: "=", value: "Berlin" };
  const vip = { id: "r1", field: "tag", operator: "=", value: "vip" };
  const cy = { field: "name", operator: "=", value: "Cy" };
  expect(await matching(all)).toBe("ABCD");
  expect(await matching({ ...all, not: true })).toBe("");
  expect(await matching({ tag: "vip" })).toBe("A");
  expect(await matching({ combinator: "or", rules: [vip, cy] })).toBe("AC");
  expect(await matching({ combinator: "and", rules: [vip, cy] })).toBe("");
  expect(await matching({ combinator: "and", not: true, rules: [berlin] })).toBe("BCD");
  const either = { combinator: "or", rules: [vip, cy] };
  expect(await matching({ combinator: "and", rules: [{ ...either, not: true }, all] })).toBe("BD");
});

function errorsOf(criteria: unknown): unknown {
  try {
    compileSegment(criteria);
  } catch (error) {
    if (error instanceof DomainError && error.code === "invalid_input") return error.details;
    throw error;
  }
  return undefined;
}

test("reports all bad rules at once by their paths", () => {
  const criteria = {
    combinator: "and",
    rules: [
      { field: "tag", operator: "=", value: "vip" },
      { field: "shoeSize", operator: "=", value: 42 },
      { combinator: "or", rules: [{ field: "name", operator: "like", value: "x" }] },
      { field: "optedIn", operator: "=", value: "maybe" },
      { field: "createdAt", operator: ">", value: "2026-02-30" },
      { field: "tag", operator: "<", value: "vip" },
      { field: "name", operator: "between", value: "a" },
      { field: "name", operator: "=", value: "" },
      { field: "name", operator: "=", value: { $ne: "" } },
      { field: "name", operator: "=", value: "\0" },
      { field: "attributes.", operator: "=", value: "x" },
    ],
  };
  expect(errorsOf(criteria)).toEqual({
    fields: [
      { path: "segmentCriteria.rules.1", message: expect.stringContaining("unknown field") },
      {
        path: "segmentCriteria.rules.2.rules.0",
        message: expect.stringContaining("unknown operator"),
      },
      { path: "segmentCriteria.rules.3", message: expect.stringContaining("true or false") },
      { path: "segmentCriteria.rules.4", message: expect.stringContaining("date") },
      { path: "segmentCriteria.rules.5", message: expect.stringContaining("does not apply") },
      { path: "segmentCriteria.rules.6", message: expect.stringContaining("two values") },
      { path: "segmentCriteria.rules.7", message: expect.stringContaining("empty") },
      { path: "segmentCriteria.rules.8", message: expect.stringContaining("text or a number") },
      { path: "segmentCriteria.rules.9", message: expect.stringContaining("not text") },
      { path: "segmentCriteria.rules.10", message: expect.stringContaining("unknown field") },
    ],
  });
});

test.each([
  ["nothing", undefined],
  ["an empty object", {}],
  ["a rule alone", { field: "name", operator: "=", value: "x" }],
  ["the shorthand with more in it", { tag: "vip", rules: [] }],
  ["another combinator", { combinator: "xor", rules: [] }],
  ["a muted rule", { ...all, rules: [{ field: "name", operator: "null", muted: true }] }],
  [
    "a comparison of fields",
    { ...all, rules: [{ field: "name", operator: "=", value: "email", valueSource: "field" }] },
  ],
  [
    "more than 50 rules",
    { ...all, rules: Array.from({ length: 51 }, () => ({ field: "name", operator: "null" })) },
  ],
  [
    "more than 50 rules in groups",
    {
      ...all,
      rules: [1, 2].map(() => ({
        ...all,
        rules: Array.from({ length: 26 }, () => ({ field: "name", operator: "null" })),
      })),
    },
  ],
])("rejects %s as a segment", (_, criteria) => {
  expect(errorsOf(criteria)).toBeDefined();
});

function nested(depth: number): object {
  return depth === 1 ? all : { combinator: "and", rules: [nested(depth - 1)] };
}

test("accepts five levels of groups and rejects deeper nesting, however deep", () => {
  expect(errorsOf(nested(5))).toBeUndefined();
  expect(errorsOf(nested(6))).toBeDefined();
  let hostile: object = all;
  for (let depth = 0; depth < 100_000; depth += 1)
    hostile = { combinator: "and", rules: [hostile] };
  expect(errorsOf(hostile)).toBeDefined();
});
