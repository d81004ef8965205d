import { randomUUID } from "node:crypto";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { readInstallationId } from "@loudhailer/db/read-installation-id.ts";
import type { Settlement } from "@loudhailer/db/settle-recipients.ts";
import {
  createTestBroadcast,
  createTestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { ownNumber } from "@loudhailer/testing/own-number.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { afterAll, beforeEach } from "vitest";
import { claimRecipients } from "../claim-recipients.ts";

/** Claim id of calls that give none. */
export const testClaim: string = randomUUID();

export function putBack(recipientId: string, attemptId: string, delayMs = 0): Settlement {
  const rest = { delayMs, countsAsAttempt: false, error: null };
  return { recipientId, attemptId, status: "pending", ...rest };
}

/**
 * Opens a database for one test file, with helpers for sending broadcasts. Before each test,
 * `dispatcherId` is the only dispatcher, started a minute ago.
 */
export async function useSendingBroadcasts() {
  const { databaseUrl } = await useTestDatabase();
  const owner = createDb(createPool({ connectionString: databaseUrl, max: 2 }));
  const pool = createPool({ connectionString: databaseUrl, role: "loudhailer_engine" });
  const dispatcherId: string = randomUUID();
  const installationId = await readInstallationId(owner);
  afterAll(async () => {
    await pool.end();
    await owner.destroy();
  });
  beforeEach(async () => {
    await owner.deleteFrom("dispatchers").execute();
    await registerDispatcher(60, dispatcherId);
  });

  async function registerDispatcher(
    secondsAgo: number,
    id: string = randomUUID(),
  ): Promise<string> {
    const started_at = new Date(Date.now() - secondsAgo * 1_000);
    await owner.insertInto("dispatchers").values({ id, started_at }).execute();
    return id;
  }

  async function sendingBroadcast(recipients: number, messagesPerSecond = 10_000) {
    const organization = await createTestOrganization(owner, { messagesPerSecond });
    const broadcast = await createTestBroadcast(owner, organization, { recipients });
    const { phoneNumberId } = organization;
    const claim = async (
      ids = broadcast.recipientIds,
      by = dispatcherId,
      attemptId = testClaim,
    ) => {
      const epoch = await ownNumber(owner, phoneNumberId, by);
      const attempts = ids.map((recipientId) => ({ recipientId, attemptId }));
      return claimRecipients(pool, {
        attempts,
        phoneNumberId,
        dispatcherId: by,
        epoch,
        seen: null,
      });
    };
    return { organization, phoneNumberId, claim, ...broadcast };
  }

  async function statusesOf(ids: string[]): Promise<string[]> {
    const rows = await owner
      .selectFrom("whatsapp_broadcast_recipients")
      .where("id", "in", ids)
      .select("status")
      .orderBy("id")
      .execute();
    return rows.map((row) => row.status);
  }

  return {
    databaseUrl,
    installationId,
    owner,
    pool,
    dispatcherId,
    registerDispatcher,
    sendingBroadcast,
    statusesOf,
  };
}
