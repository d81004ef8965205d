import { afterAll } from "vitest";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";
import { createTestRedis, type TestRedis } from "./test-redis.ts";

/**
 * A database for this test file, dropped after its last test. Call it at the top of the file:
 * `const { databaseUrl } = await useTestDatabase();`. Hooks run in reverse, so an `afterAll` that
 * closes your pool, registered later, runs before the drop.
 */
export async function useTestDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  afterAll(() => database.drop());
  return database;
}

/** A Redis key prefix for this test file; its keys are deleted after the last test. */
export function useTestRedis(): TestRedis {
  const redis = createTestRedis();
  afterAll(() => redis.drop());
  return redis;
}
