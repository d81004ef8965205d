import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { awayCodes, failInserts, ourCodes } from "@loudhailer/testing/database-failures.ts";
import { openDatabaseProxy } from "@loudhailer/testing/database-proxy.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { sql } from "kysely";
import { afterAll, describe, expect, test } from "vitest";
import { openBrowser } from "./testing/browser.ts";
import { startTestApi } from "./testing/start-test-api.ts";
import type { TestAnswer } from "./testing/test-client.ts";

const { databaseUrl } = await useTestDatabase();
const owner = createDb(createPool({ connectionString: databaseUrl, max: 2 }));
const proxy = await openDatabaseProxy(databaseUrl);
afterAll(async () => {
  await proxy.close();
  await owner.destroy();
});
const { url, publicUrl, logged, newOrganization } = await startTestApi({ databaseUrl: proxy.url });
const { api, email, password } = await newOrganization();
const browser = openBrowser(url, publicUrl);
await browser.post("/api/auth/sign-in/email", { email, password });

const unreachable = "The database does not answer. Try again in a moment.";
const timedOut = "This took too long and was ended; ask for less.";
const contended = "Somebody changed the same at the same moment. Try again.";

/** The status, header and body of a response that tells the client to try again. */
const unavailable = (message = unreachable) => ({
  status: 503,
  retryAfter: "5",
  body: { error: { code: "unavailable", message } },
});

function seen({ status, headers, body }: TestAnswer) {
  return { status, retryAfter: headers.get("retry-after"), body };
}

describe("a SQLSTATE of PostgreSQL", () => {
  const segmentCriteria = { combinator: "and", rules: [] };
  const createSegment = () => api.post("/v1/segments", { name: "Everyone", segmentCriteria });
  const messages = new Map([
    ...["40000", "40001", "40002", "40003", "40P01", "55P03"].map(
      (code) => [code, contended] as const,
    ),
    ...["25P04", "57014"].map((code) => [code, timedOut] as const),
  ]);

  test.each(awayCodes)("%s is answered with 503 and retry-after", async (code) => {
    await failInserts(owner, "segments", code);
    expect(seen(await createSegment())).toEqual(unavailable(messages.get(code)));
  });

  test("23505 is answered with 409", async () => {
    await failInserts(owner, "segments", "23505");
    const { status, body } = await createSegment();
    expect([status, body.error.code]).toEqual([409, "conflict"]);
  });

  test.each(ourCodes)("%s is answered with 500", async (code) => {
    await failInserts(owner, "segments", code);
    const answer = await createSegment();
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([500, null]);
  });
});

const requests: [string, () => Promise<TestAnswer>][] = [
  ["an API key", () => api.get("/v1/segments")],
  ["a session", () => browser.get("/v1/me")],
  ["Better Auth", () => browser.get("/api/auth/get-session")],
  ["a sign-in", () => browser.post("/api/auth/sign-in/email", { email, password })],
];

test.each(requests)(
  "a request of %s gets 503 while no connection can be opened",
  async (_of, send) => {
    await proxy.close();
    const answer = await send();
    await proxy.open();
    expect(seen(answer)).toEqual(unavailable());
    expect((await send()).status).toBe(200);
  },
);

test.each(requests)("a request of %s gets 503 when its connection breaks", async (_of, send) => {
  const answer = await owner.transaction().execute(async (trx) => {
    await sql`lock table segments, sessions, users`.execute(trx);
    const sent = send();
    await expect.poll(() => waitingForLocks()).toBe(1);
    proxy.cut();
    return sent;
  });
  expect(seen(answer)).toEqual(unavailable());
  expect((await send()).status).toBe(200);
});

async function waitingForLocks(): Promise<number> {
  const { rows } = await sql`select from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`.execute(owner);
  return rows.length;
}

test("a fault of ours behind Better Auth gets 500 and is logged with its cause", async () => {
  await sql`alter table sessions rename to hidden_sessions`.execute(owner);
  const answers = [await browser.get("/api/auth/get-session"), await browser.get("/v1/me")];
  await sql`alter table hidden_sessions rename to sessions`.execute(owner);
  for (const answer of answers) {
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([500, null]);
    expect(answer.body.error).toMatchObject({ code: "internal" });
    const line = logged()
      .split("\n")
      .find((text) => text.includes("request failed") && text.includes("sessions"));
    expect(line).toContain("42P01");
  }
});
