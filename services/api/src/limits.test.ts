import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { startTestApi } from "./testing/start-test-api.ts";
import { createTestClient } from "./testing/test-client.ts";

const away = createDb(
  createPool({ connectionString: "postgres://nobody@127.0.0.1:1/nothing", connectTimeoutMs: 500 }),
);
const { url, newOrganization } = await startTestApi({
  limits: { requestsPerMinute: 5 },
  deps: { db: away, checks: { database: () => sql`select 1`.execute(away), queue: async () => 1 } },
});

test("the API answers 503 with retry-after and isn't ready when the database is unavailable", async () => {
  const { api } = await newOrganization();
  const answer = await api.get("/v1/contacts");
  expect(answer.status).toBe(503);
  expect(answer.headers.get("retry-after")).toBe("5");
  expect(answer.body.error).toMatchObject({ code: "unavailable" });
  const ready = await createTestClient(url, null).get("/readyz");
  expect(ready.status).toBe(503);
  expect(ready.body.checks).toEqual({ database: "failing", queue: "ok" });
});

test("a client over the rate limit gets 429 with retry-after, and another client is still served", async () => {
  const [hasty, calm] = [await newOrganization(), await newOrganization()];
  const all = await Promise.all(Array.from({ length: 8 }, () => hasty.api.get("/v1/nothing")));
  const refused = all.filter((answer) => answer.status === 429);
  expect(refused).toHaveLength(3);
  expect(refused[0]?.body.error.code).toBe("rate_limited");
  expect(Number(refused[0]?.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await calm.api.get("/v1/nothing")).status).toBe(404);
});
