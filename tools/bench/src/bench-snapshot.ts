import { randomUUID } from "node:crypto";
import { applyStatuses } from "@loudhailer/db/apply-statuses.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { foldCounts } from "@loudhailer/db/fold-counts.ts";
import { readInstallationId } from "@loudhailer/db/read-installation-id.ts";
import { settleRecipients } from "@loudhailer/db/settle-recipients.ts";
import { sql } from "kysely";
import type pg from "pg";
import { createFrozenBroadcast, createNumber } from "./bench-broadcast.ts";
import { round } from "./round.ts";
import { startInfrastructure, type Infrastructure } from "./start-infrastructure.ts";

const batches = 10_000;
const batchSize = 4;
/** Batches at the beginning and the end whose mean duration is compared. */
const compared = 500;
const foldEveryBatches = 200;

/**
 * Measures how much slower settlements and status batches become while a snapshot is held open, as
 * pg_dump or a long report does: it keeps all versions of all rows. Each of 10,000 batches settles
 * recipients of one broadcast, or applies a status to them.
 */
export async function benchSnapshot(): Promise<object> {
  const infrastructure = await startInfrastructure([]);
  const pool = createPool({
    connectionString: infrastructure.databaseUrl,
    role: "loudhailer_engine",
  });
  try {
    const without = await runBatches(infrastructure, pool);
    const holder = await pool.connect();
    await holder.query("begin isolation level repeatable read");
    await holder.query("select count(*) from whatsapp_broadcasts");
    const held = await runBatches(infrastructure, pool);
    await holder.query("rollback");
    holder.release();
    return { batches, batchSize, without, held };
  } finally {
    await pool.end();
    await infrastructure.close();
  }
}

async function runBatches({ db }: Infrastructure, pool: pg.Pool) {
  const [phoneNumberId, wabaId] = [randomUUID(), randomUUID()];
  const owner = await createNumber(db, { phoneNumberId, wabaId, messagesPerSecond: 1_000 });
  const broadcastId = await createFrozenBroadcast(db, owner, (batches * batchSize) / 2);
  const installationId = await readInstallationId(db);
  const attempts = await claimAll(pool, broadcastId);
  await sql`vacuum analyze whatsapp_broadcast_recipients`.execute(db);
  const settle: number[] = [];
  const statuses: number[] = [];
  let fromXid = "0";
  for (let batch = 0; batch < batches / 2; batch++) {
    const rows = attempts.slice(batch * batchSize, (batch + 1) * batchSize);
    settle.push(
      await timed(() =>
        settleRecipients(
          pool,
          rows.map(({ id, attemptId }) => ({
            recipientId: id,
            attemptId,
            status: "sent" as const,
            wamid: `wamid.${id}`,
          })),
        ),
      ),
    );
    statuses.push(
      await timed(() =>
        applyStatuses(
          pool,
          rows.map((row) => delivered(installationId, row)),
        ),
      ),
    );
    if (batch % foldEveryBatches === 0) ({ fromXid } = await foldCounts(db, fromXid));
  }
  return { settleMs: firstAndLast(settle), statusMs: firstAndLast(statuses) };
}

interface ClaimedRow {
  id: string;
  attemptId: string;
  organizationId: string;
}

async function claimAll(pool: pg.Pool, broadcastId: string): Promise<ClaimedRow[]> {
  const { rows } = await pool.query<ClaimedRow>(
    `update whatsapp_broadcast_recipients
     set status = 'sending', attempts = 1, claimed_at = now(), attempt_id = gen_random_uuid()
     where broadcast_id = $1
     returning id, attempt_id as "attemptId", organization_id as "organizationId"`,
    [broadcastId],
  );
  return rows;
}

function delivered(installationId: string, { id, attemptId, organizationId }: ClaimedRow) {
  return {
    organizationId,
    attempt: { installationId, recipientId: id, attemptId },
    wamid: `wamid.${id}`,
    status: "delivered" as const,
    at: new Date(),
    errorCode: null,
    errorTitle: null,
    errorDetails: null,
    billable: null,
    pricingCategory: null,
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** Returns the mean of the first and of the last batches, and their ratio. */
function firstAndLast(durations: readonly number[]) {
  const first = mean(durations.slice(0, compared));
  const last = mean(durations.slice(-compared));
  return { first: round(first), last: round(last), ratio: round(last / first) };
}

function mean(durations: readonly number[]): number {
  return durations.reduce((sum, ms) => sum + ms, 0) / durations.length;
}
