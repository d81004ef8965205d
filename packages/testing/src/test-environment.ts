import { afterAll } from "vitest";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";
import { createTestRedis, type TestRedis } from "./test-redis.ts";

/**
 * Creates a database for this test file and drops it after the last test. Call it at the top of the
 * file: `const { databaseUrl } = await useTestDatabase();`. Hooks run in reverse order, so a later
 * `afterAll` that closes a pool runs before the drop.
 */
export async function useTestDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  afterAll(() => database.drop());
  return database;
}

/** Returns a Redis key prefix for this test file and deletes its keys after the last test. */
export async function useTestRedis(): Promise<TestRedis> {
  const redis = await createTestRedis();
  afterAll(() => redis.drop());
  return redis;
}
