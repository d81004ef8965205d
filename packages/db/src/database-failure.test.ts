import { once } from "node:events";
import { createServer } from "node:net";
import { awayCodes, ourCodes } from "@loudhailer/testing/database-failures.ts";
import { openDatabaseProxy } from "@loudhailer/testing/database-proxy.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { withDatabase } from "@loudhailer/testing/with-database.ts";
import { sql } from "kysely";
import { types } from "pg";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { createDb } from "./create-db.ts";
import { createPool, type PoolOptions } from "./create-pool.ts";
import { classifyDatabaseFailure } from "./database-failure.ts";

const { databaseUrl } = await useTestDatabase();
const pool = createPool({ connectionString: databaseUrl });
afterAll(() => pool.end());
await pool.query(`create table items (
  id integer primary key, name text constraint name_taken unique, size smallint, doc jsonb,
  parent integer references items, check (size > 0)
)`);

const unreachable = { kind: "away", reason: "unreachable" };
const timedOut = { kind: "away", reason: "timed_out" };
const contended = { kind: "away", reason: "contended" };
const ours = { kind: "ours" };

async function failureOf(work: Promise<unknown>) {
  const error = await work.then(
    () => expect.fail("the work didn't fail"),
    (reason: unknown) => reason,
  );
  return classifyDatabaseFailure(error);
}

function openPool(options: Partial<PoolOptions>) {
  const opened = createPool({ connectionString: databaseUrl, ...options });
  onTestFinished(() => opened.end());
  return opened;
}

/** Opens a connection of its own, which is released when the test ends. */
async function openClient(from = pool) {
  const client = await from.connect();
  onTestFinished(() => client.release(true));
  return client;
}

/** Returns the URL of a server that accepts connections but never answers. */
async function silentUrl(): Promise<string> {
  const server = createServer(() => undefined).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = address !== null && typeof address !== "string" ? address.port : 0;
  return `postgres://nobody@127.0.0.1:${port}/nothing`;
}

function insert({ id, name, size, doc, parent }: Record<string, unknown>) {
  const statement = "insert into items (id, name, size, doc, parent) values ($1, $2, $3, $4, $5)";
  return pool.query(statement, [id, name, size, doc, parent]);
}

const raise = (code: string) =>
  pool.query(`do $$ begin raise exception 'made for a test' using errcode = '${code}'; end $$`);

describe("a SQLSTATE raised by PostgreSQL", () => {
  test.each(awayCodes)("%s counts as away", async (code) => {
    expect(await failureOf(raise(code))).toMatchObject({ kind: "away" });
  });

  test.each(ourCodes)("%s counts as ours", async (code) => {
    expect(await failureOf(raise(code))).toEqual(ours);
  });

  test.each(["22001", "22003", "22012", "23502", "23503", "23514", "23P01", "54000", "54001"])(
    "%s counts as refused data",
    async (code) => {
      expect(await failureOf(raise(code))).toEqual({ kind: "data", code, isUnstorableText: false });
    },
  );
});

describe("a statement that PostgreSQL can't run now counts as away", () => {
  test("in a read-only transaction", async () => {
    const client = await openClient();
    await client.query("begin read only");
    expect(await failureOf(client.query("insert into items (id) values (1)"))).toEqual(unreachable);
  });

  test("after a lock timeout", async () => {
    const [holder, waiter] = [await openClient(), await openClient()];
    await holder.query("begin; lock table items");
    await waiter.query("set lock_timeout = '20ms'");
    expect(await failureOf(waiter.query("select from items"))).toEqual(contended);
  });

  test("after a statement timeout", async () => {
    const short = openPool({ statementTimeoutMs: 20 });
    expect(await failureOf(short.query("select pg_sleep(10)"))).toEqual(timedOut);
  });

  test("in a deadlock", async () => {
    const [one, two] = [await openClient(), await openClient()];
    for (const [client, key] of [
      [one, 1],
      [two, 2],
    ] as const) {
      await client.query("begin; set local deadlock_timeout = '20ms'");
      await client.query("select pg_advisory_xact_lock($1)", [key]);
    }
    const waiting = [
      one.query("select pg_advisory_xact_lock(2)"),
      two.query("select pg_advisory_xact_lock(1)"),
    ];
    expect(await failureOf(Promise.all(waiting))).toEqual(contended);
    await Promise.allSettled(waiting);
  });

  test("after a serialization failure", async () => {
    const [one, two] = [await openClient(), await openClient()];
    await pool.query("insert into items (id, name) values (40, 'a')");
    await one.query("begin isolation level repeatable read");
    await one.query("select from items");
    await two.query("update items set name = 'b' where id = 40");
    const update = one.query("update items set name = 'c' where id = 40");
    expect(await failureOf(update)).toEqual(contended);
  });
});

describe("data that PostgreSQL refuses", () => {
  test("counts as a conflict on the constraint of a unique value", async () => {
    await pool.query("insert into items (id, name) values (50, 'taken')");
    expect(await failureOf(insert({ id: 51, name: "taken" }))).toEqual({
      kind: "conflict",
      code: "23505",
      constraint: "name_taken",
    });
  });

  test.each([{ id: 60, size: 70_000 }, { id: 60, size: -1 }, { id: null }, { id: 60, parent: 61 }])(
    "counts as data: %j",
    async (values) => {
      expect(await failureOf(insert(values))).toMatchObject({
        kind: "data",
        isUnstorableText: false,
      });
    },
  );

  test.each([{ name: "a\0b" }, { doc: '"\\u0000"' }, { doc: "{" }])(
    "counts as text that can't be stored: %j",
    async (values) => {
      const failure = await failureOf(insert({ id: 60, ...values }));
      expect(failure).toMatchObject({ kind: "data", isUnstorableText: true });
    },
  );

  test("counts as data when a parameter is nested too deeply to be written", async () => {
    let deep: unknown[] = [];
    for (let depth = 0; depth < 100_000; depth++) deep = [deep];
    expect(await failureOf(pool.query("select $1::jsonb", [{ deep }]))).toEqual({
      kind: "data",
      code: "RangeError",
      isUnstorableText: false,
    });
  });
});

describe("a database that gives no answer counts as unreachable", () => {
  test.each([
    ["a refused port", "postgres://nobody@127.0.0.1:1/nothing"],
    ["a refused port of a host with several addresses", "postgres://nobody@localhost:1/nothing"],
    ["an unknown host", "postgres://nobody@nowhere.invalid/nothing"],
    ["a missing socket", "postgres://nobody@/nothing?host=/nowhere"],
    ["an unknown database", withDatabase(databaseUrl, "nowhere")],
    ["a server without TLS", `${databaseUrl}?sslmode=verify-full`],
  ])("with %s", async (_case, connectionString) => {
    const away = openPool({ connectionString });
    expect(await failureOf(away.query("select 1"))).toEqual(unreachable);
    expect(await failureOf(sql`select 1`.execute(createDb(away)))).toEqual(unreachable);
  });

  test("with a server that never answers", async () => {
    const silent = openPool({ connectionString: await silentUrl(), connectTimeoutMs: 50 });
    expect(await failureOf(silent.query("select 1"))).toEqual(unreachable);
  });

  test("with a role that has no connection left", async () => {
    const role = new URL(databaseUrl).pathname.slice(1).replace("loudhailer_test", "crowded");
    await pool.query(`create role ${role} login password 'test' connection limit 0`);
    onTestFinished(async () => void (await pool.query(`drop role ${role}`)));
    const url = new URL(databaseUrl);
    url.username = role;
    url.password = "test";
    expect(await failureOf(openPool({ connectionString: url.href }).query("select 1"))).toEqual(
      unreachable,
    );
  });

  test("when all connections of the pool stay busy", async () => {
    const small = openPool({ max: 1, connectTimeoutMs: 1_000 });
    await openClient(small);
    expect(await failureOf(small.query("select 1"))).toEqual(unreachable);
  });

  test("when an answer takes longer than the client waits", async () => {
    const hasty = openPool({ connectionString: `${databaseUrl}?query_timeout=50` });
    const client = await openClient(hasty);
    expect(await failureOf(client.query("select pg_sleep(0.2)"))).toEqual(unreachable);
  });

  test("when PostgreSQL terminates the connection, at once and afterwards", async () => {
    const client = await openClient();
    const query = client.query("select pg_terminate_backend(pg_backend_pid())");
    expect(await failureOf(query)).toEqual(unreachable);
    await new Promise((resolve) => client.once("end", resolve));
    expect(await failureOf(client.query("select 1"))).toEqual(unreachable);
  });

  test("when the connection breaks during a query, also if the next one works", async () => {
    const proxy = await openDatabaseProxy(databaseUrl);
    onTestFinished(() => proxy.close());
    const proxied = openPool({ connectionString: proxy.url });
    await proxied.query("select 1");
    const broken = [
      proxied.query("select pg_sleep(10)"),
      sql`select pg_sleep(10)`.execute(createDb(proxied)),
    ].map(failureOf);
    await expect
      .poll(async () => {
        const { rows } = await pool.query(
          `select from pg_stat_activity where query like 'select pg_sleep(10)'
             and datname = current_database() and state = 'active'`,
        );
        return rows.length;
      })
      .toBe(2);
    proxy.cut();
    expect(await Promise.all(broken)).toEqual([unreachable, unreachable]);
    await proxied.query("select 1");
  });

  test("after the pool was ended", async () => {
    const ended = createPool({ connectionString: databaseUrl });
    await ended.end();
    expect(await failureOf(ended.query("select 1"))).toEqual(unreachable);
  });
});

describe("an error that doesn't come from the database counts as ours", () => {
  test.each([
    new Error("broken"),
    new TypeError("broken"),
    new SyntaxError("broken"),
    Object.assign(new Error("another service is away"), { code: "ECONNREFUSED" }),
    Object.assign(new Error("of a framework"), { code: "57P01" }),
    "broken",
    null,
  ])("%s", (error) => {
    expect(classifyDatabaseFailure(error)).toEqual(ours);
  });

  test("when our own code throws it in a transaction", async () => {
    const work = createDb(pool)
      .transaction()
      .execute(async (trx) => {
        await sql`select 1`.execute(trx);
        throw new Error("broken");
      });
    expect(await failureOf(work)).toEqual(ours);
  });

  test("when a value that was read can't be parsed", async () => {
    const client = await openClient();
    client.setTypeParser(types.builtins.INT4, () => JSON.parse("{"));
    expect(await failureOf(client.query("select 1"))).toEqual(ours);
  });
});
