import { Client } from "pg";
import { expect, test } from "vitest";
import { createTestDatabase } from "./test-database.ts";
import { useTestDatabase } from "./test-environment.ts";

const { databaseUrl } = await useTestDatabase();

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

test("createTestDatabase returns separate working databases when called concurrently", async () => {
  const databases = await Promise.all(Array.from({ length: 5 }, () => createTestDatabase()));
  await Promise.all(
    databases.map(async (database, index) => {
      await query(database.databaseUrl, `CREATE TABLE own_${index} ()`);
    }),
  );
  expect(
    await query(
      databases[0]?.databaseUrl ?? "",
      "SELECT tablename FROM pg_tables WHERE tablename LIKE 'own\\_%'",
    ),
  ).toEqual([{ tablename: "own_0" }]);
  await Promise.all(databases.map((database) => database.drop()));
});

test("a test database compares text by code point and lowercases non-ASCII letters", async () => {
  expect(
    await query(databaseUrl, "SELECT lower('ÉŁÄ') AS lower, 'Z' < 'a' AS code_point_order"),
  ).toEqual([{ lower: "éłä", code_point_order: true }]);
});

test("drop terminates open connections", async () => {
  const database = await createTestDatabase();
  const client = new Client({ connectionString: database.databaseUrl });
  const ended = new Promise<Error>((resolve) => {
    client.on("error", resolve);
  });
  await client.connect();
  await database.drop();
  expect((await ended).message).toContain("terminating connection");
  await client.end();
});
