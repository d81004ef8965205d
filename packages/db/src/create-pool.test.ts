import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { afterAll, expect, test, vi } from "vitest";
import { createPool, type DatabaseRole } from "./create-pool.ts";
import { classifyDatabaseFailure } from "./database-failure.ts";

const { databaseUrl } = await useTestDatabase();
const owner = createPool({ connectionString: databaseUrl, max: 2 });
afterAll(() => owner.end());

const roles: DatabaseRole[] = ["loudhailer_api", "loudhailer_auth", "loudhailer_engine"];

/** Shortest useful wait in milliseconds that each setting may allow, and the longest. */
const bounds = {
  lock_timeout: [1_000, 45_000],
  idle_in_transaction_session_timeout: [1_000, 15_000],
  client_connection_check_interval: [500, 5_000],
  statement_timeout: [10_000, 120_000],
};

test.for(roles)("every wait of a connection with the role %s is bounded", async (role) => {
  const pool = createPool({ connectionString: databaseUrl, role, max: 1 });
  const { rows } = await pool.query<{ name: keyof typeof bounds; setting: string }>(
    "select name, setting from pg_settings where name = any($1)",
    [Object.keys(bounds)],
  );
  await pool.end();
  expect(rows).toHaveLength(Object.keys(bounds).length);
  for (const { name, setting } of rows) {
    const [least = 0, most = 0] = bounds[name];
    expect(Number(setting), name).toBeGreaterThanOrEqual(least);
    expect(Number(setting), name).toBeLessThanOrEqual(most);
  }
  // What sends messages waits for 15 s at most.
  const waits = Number(rows.find(({ name }) => name === "lock_timeout")?.setting);
  expect(waits).toBeLessThanOrEqual(role === "loudhailer_engine" ? 15_000 : 45_000);
});

test("a given statement timeout replaces the default, and a pool without a role has no limits", async () => {
  const limited = createPool({ connectionString: databaseUrl, max: 1, statementTimeoutMs: 40 });
  const error: unknown = await limited.query("select pg_sleep(10)").catch((reason) => reason);
  await limited.end();
  expect(classifyDatabaseFailure(error)).toEqual({ kind: "away", reason: "timed_out" });
  const { rows } = await owner.query<{ setting: string }>(
    "select setting from pg_settings where name in ('lock_timeout', 'statement_timeout')",
  );
  expect(rows).toEqual([{ setting: "0" }, { setting: "0" }]);
});

test("a statement that waits for a lock ends once its client has vanished", async () => {
  const holder = await owner.connect();
  await holder.query("begin");
  await holder.query("lock table dispatchers in access exclusive mode");
  const pool = createPool({ connectionString: databaseUrl, role: "loudhailer_engine", max: 1 });
  const vanishing = await pool.connect();
  const waiting = vanishing.query("select from dispatchers").catch(() => undefined);
  const waiters = async () => {
    const { rows } = await owner.query(
      `select from pg_stat_activity where datname = current_database()
        and wait_event_type = 'Lock' and query = 'select from dispatchers'`,
    );
    return rows.length;
  };
  await vi.waitFor(async () => expect(await waiters()).toBe(1));
  vanishing.release(true);
  await vi.waitFor(async () => expect(await waiters()).toBe(0), { timeout: 8_000, interval: 100 });
  await holder.query("rollback");
  holder.release();
  await Promise.all([waiting, pool.end()]);
});
