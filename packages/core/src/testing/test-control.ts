import { randomUUID } from "node:crypto";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import type { BroadcastStatus, WhatsappBroadcastsTable } from "@loudhailer/db/database.ts";
import { claimRecipients } from "@loudhailer/pacing/claim-recipients.ts";
import { createQueueBackend } from "@loudhailer/queue/queue-backend.ts";
import { openSendQueues } from "@loudhailer/queue/send-queues.ts";
import { broadcastCounts } from "@loudhailer/testing/broadcast-counts.ts";
import {
  createTestBroadcast,
  createTestOrganization,
  type TestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { ownNumber } from "@loudhailer/testing/own-number.ts";
import { useTestDatabase, useTestRedis } from "@loudhailer/testing/test-environment.ts";
import { sql, type Updateable } from "kysely";
import { afterAll, expect } from "vitest";
import type { TenantContext } from "../tenant-context.ts";

const quiet = () => undefined;

/**
 * Opens a test database with everything the functions and the engine need. Closes it after the
 * file's last test.
 */
export async function useControl() {
  const { databaseUrl } = await useTestDatabase();
  const { redisUrl, prefix } = await useTestRedis();
  const owner = createDb(createPool({ connectionString: databaseUrl, max: 4 }));
  const api = createDb(createPool({ connectionString: databaseUrl, role: "loudhailer_api" }));
  const enginePool = createPool({ connectionString: databaseUrl, role: "loudhailer_engine" });
  const backend = createQueueBackend({ redisUrl, databaseUrl, prefix });
  const queues = openSendQueues(backend);
  const engine = {
    engineDb: createDb(enginePool),
    queues,
    log: { info: quiet, warn: quiet, error: quiet },
  };
  afterAll(async () => {
    await queues.close();
    await backend.close();
    await Promise.all([owner, api, engine.engineDb].map((db) => db.destroy()));
  });
  const dispatcherId = randomUUID();
  await owner.insertInto("dispatchers").values({ id: dispatcherId }).execute();

  function contextOf({ organizationId }: TestOrganization): TenantContext {
    return { db: api, organizationId, actor: { userId: null, apiKeyId: null, ipAddress: null } };
  }

  return {
    databaseUrl,
    owner,
    enginePool,
    engine,
    dispatcherId,
    contextOf,

    async newOrganization(): Promise<{ organization: TestOrganization; ctx: TenantContext }> {
      const organization = await createTestOrganization(owner, { messagesPerSecond: 1_000 });
      return { organization, ctx: contextOf(organization) };
    },

    /** Creates a broadcast with the given number of recipients per status and matching counters. */
    async newBroadcast(
      organization: TestOrganization,
      status: BroadcastStatus,
      recipients: Record<string, number>,
    ): Promise<string> {
      const { broadcastId } = await createTestBroadcast(owner, organization, {
        recipients: 0,
        status,
      });
      for (const [of, count] of Object.entries(recipients)) {
        const tried = of === "pending" || of === "skipped" ? 0 : 1;
        await sql`
          insert into whatsapp_broadcast_recipients (organization_id, broadcast_id, phone, variables,
            status, attempts, attempt_id, wamid, claimed_at, sent_at, failed_at, error_code)
          select ${organization.organizationId}, ${broadcastId}, '+1555' || lpad(n::text, 7, '0'),
            '["Ada"]', ${of}, ${tried},
            case when ${tried} = 1 and ${of} <> 'canceled' then gen_random_uuid() end,
            case when ${of} in ('sent', 'failed', 'delivered', 'read') then 'wamid.' || gen_random_uuid() end,
            case when ${tried} = 1 then now() - interval '1 hour' end,
            case when ${of} = 'failed' then now() - interval '1 hour' end,
            case when ${of} = 'failed' then now() - interval '59 minutes' end,
            case when ${of} = 'failed' then '131026' when ${of} = 'unknown' then 'no_answer' end
          from generate_series(1, ${count}::integer) n
        `.execute(owner);
      }
      await sql`
        update whatsapp_broadcasts b
        set total_recipients = c.total, successful_sends = c.successful, failed_sends = c.failed,
          delivered_count = c.delivered, read_count = c.read, skipped_count = c.skipped,
          unknown_count = c.unknown, canceled_count = c.canceled, feed_cursor = c.fed,
          completed_at = case when b.status = 'completed' then now() end
        from (
          select count(*) as total, coalesce(max(id) filter (where status = 'sending'), 0) as fed,
            count(*) filter (where status in ('sent', 'delivered', 'read')) as successful,
            count(*) filter (where status = 'failed') as failed,
            count(*) filter (where status in ('delivered', 'read')) as delivered,
            count(*) filter (where status = 'read') as read,
            count(*) filter (where status = 'skipped') as skipped,
            count(*) filter (where status = 'unknown') as unknown,
            count(*) filter (where status = 'canceled') as canceled
          from whatsapp_broadcast_recipients where broadcast_id = ${broadcastId}
        ) c
        where b.id = ${broadcastId}
      `.execute(owner);
      return broadcastId;
    },

    setBroadcast(broadcastId: string, columns: Updateable<WhatsappBroadcastsTable>) {
      return owner
        .updateTable("whatsapp_broadcasts")
        .set(columns)
        .where("id", "=", broadcastId)
        .execute();
    },

    async idsOf(broadcastId: string, limit: number): Promise<string[]> {
      const rows = await owner
        .selectFrom("whatsapp_broadcast_recipients")
        .where("broadcast_id", "=", broadcastId)
        .select("id")
        .orderBy("id")
        .limit(limit)
        .execute();
      return rows.map(({ id }) => id);
    },

    /** Claims the recipients as if they had been fed before. */
    async claim(organization: TestOrganization, ids: readonly string[], attemptId = randomUUID()) {
      await sql`
        update whatsapp_broadcasts b set feed_cursor = greatest(b.feed_cursor, fed.last)
        from (
          select broadcast_id, max(id) as last from whatsapp_broadcast_recipients
          where id = any(${ids}::bigint[]) group by broadcast_id
        ) fed
        where fed.broadcast_id = b.id
      `.execute(owner);
      return this.claimUnfed(organization, ids, attemptId);
    },

    /** Claims the recipients wherever the cursor of the feeding is. */
    async claimUnfed(
      { phoneNumberId }: TestOrganization,
      ids: readonly string[],
      attemptId = randomUUID(),
    ) {
      const attempts = ids.map((recipientId) => ({ recipientId, attemptId }));
      const epoch = await ownNumber(owner, phoneNumberId, dispatcherId);
      const claim = { attempts, phoneNumberId, dispatcherId, epoch, seen: null };
      return claimRecipients(enginePool, claim);
    },

    async expectCountersToEqualRows(broadcastId: string): Promise<void> {
      const { counters, rows } = await broadcastCounts(owner, broadcastId);
      expect(counters).toEqual(rows);
    },

    async auditOf(targetId: string): Promise<string[]> {
      const rows = await owner
        .selectFrom("audit_log")
        .where("target_id", "=", targetId)
        .select("action")
        .orderBy("id")
        .execute();
      return rows.map(({ action }) => action);
    },
  };
}
