import { encryptSecret } from "@loudhailer/core/secrets/encrypt-secret.ts";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import {
  createTestBroadcast,
  createTestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { sql } from "kysely";
import { afterAll, expect, test, vi } from "vitest";
import { createBroadcastLoader } from "./load-broadcast.ts";

const { databaseUrl } = await useTestDatabase();
const owner = createDb(createPool({ connectionString: databaseUrl, max: 3 }));
const db = createDb(createPool({ connectionString: databaseUrl, role: "loudhailer_engine" }));
afterAll(() => Promise.all([owner.destroy(), db.destroy()]));

const keyring = { currentId: "test", keys: new Map([["test", Buffer.alloc(32, 7)]]) };

async function sendingBroadcast() {
  const organization = await createTestOrganization(owner, {
    accessToken: encryptSecret(keyring, "former-token"),
  });
  const { broadcastId } = await createTestBroadcast(owner, organization, { recipients: 0 });
  return { broadcastId, providerId: organization.providerId };
}

test("a broadcast that is forgotten while it is read is read to the end, and again the next time", async () => {
  const { broadcastId, providerId } = await sendingBroadcast();
  const loader = createBroadcastLoader(db, keyring);
  const loading = await owner.transaction().execute(async (trx) => {
    await sql`lock table whatsapp_broadcasts in access exclusive mode`.execute(trx);
    const loads = [loader.load(broadcastId, 1), loader.load(broadcastId, 1)];
    await vi.waitFor(async () => {
      const { rows } = await sql`
        select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'
      `.execute(owner);
      expect(rows).not.toEqual([]);
    });
    loader.forget(broadcastId);
    return loads;
  });
  expect((await Promise.all(loading)).map(({ accessToken }) => accessToken)).toEqual([
    "former-token",
    "former-token",
  ]);
  await owner
    .updateTable("whatsapp_providers")
    .set({ access_token: encryptSecret(keyring, "new-token") })
    .where("id", "=", providerId)
    .execute();
  expect(await loader.load(broadcastId, 1)).toMatchObject({ accessToken: "new-token" });
});
