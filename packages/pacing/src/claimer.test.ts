import { randomUUID } from "node:crypto";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { createLogger } from "@loudhailer/runtime/logger.ts";
import {
  createTestBroadcast,
  createTestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { afterAll, expect, test } from "vitest";
import { openClaimer } from "./claimer.ts";
import { createPacer } from "./pacer.ts";

const { databaseUrl } = await useTestDatabase();
const owner = createDb(createPool({ connectionString: databaseUrl, max: 2 }));
const pool = createPool({ connectionString: databaseUrl, role: "loudhailer_engine" });
afterAll(async () => {
  await pool.end();
  await owner.destroy();
});

async function openTestClaim(recipients: number, messagesPerSecond: number) {
  const organization = await createTestOrganization(owner, { messagesPerSecond });
  const { recipientIds } = await createTestBroadcast(owner, organization, { recipients });
  const dispatcherId = randomUUID();
  await owner.insertInto("dispatchers").values({ id: dispatcherId }).execute();
  const { phoneNumberId } = organization;
  const log = createLogger({ service: "test", level: "silent" });
  const claim = openClaimer(pool, { phoneNumberId, dispatcherId, pacer: createPacer(), log });
  return { claim, recipientIds };
}

test("a recipient in several jobs goes to only one of them, within a batch and after it", async () => {
  const { claim, recipientIds } = await openTestClaim(3, 10_000);
  const jobs = [...recipientIds, ...recipientIds, ...recipientIds];
  const answers = await Promise.all(jobs.map((id) => claim.claim(id)));
  const claimed = answers.filter((answer) => typeof answer === "object");
  expect(claimed.map(({ recipient }) => recipient.id).toSorted()).toEqual(recipientIds.toSorted());
  expect(answers.filter((answer) => answer === "gone")).toHaveLength(6);
  const [first = ""] = recipientIds;
  expect(await claim.claim(first)).toBe("gone");
});

test("a recipient without a slot waits for one, even in two jobs, until the claim closes", async () => {
  const { claim, recipientIds } = await openTestClaim(12, 10);
  const answers = [...recipientIds, ...recipientIds].map((id) => claim.claim(id));
  const first = await Promise.race(answers);
  expect(first).toMatchObject({ recipient: { attempts: 1 } });
  claim.close();
  const all = await Promise.all(answers);
  const ids = all.flatMap((answer) => (typeof answer === "object" ? [answer.recipient.id] : []));
  expect(new Set(ids).size).toBe(ids.length);
  expect(all).toContain("closed");
});
