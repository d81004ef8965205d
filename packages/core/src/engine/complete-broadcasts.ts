import type { FailureReason } from "@loudhailer/contracts/broadcast-reasons.ts";
import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Transaction } from "kysely";
import type { EngineDeps } from "./engine-deps.ts";
import { isSettled, lockToEnd } from "./is-settled.ts";

const allFailed = sql.lit<FailureReason>("all_recipients_failed");

/**
 * Ends broadcasts whose audience is frozen, whose recipients are all settled, and of whom no
 * retry is under way. They become `completed`, or `failed` if no message was sent and none is unconfirmed. One that can't be ended
 * doesn't hold up the others.
 * @throws the error of the first one that can't be ended, once the others have ended
 */
export async function completeBroadcasts({ engineDb, log }: EngineDeps): Promise<void> {
  const settled = await engineDb
    .selectFrom("counted_broadcasts as c")
    .where("c.status", "in", ["sending", "paused"])
    .where(isSettled)
    .where("c.total_recipients", ">", 0)
    .where("c.prepare_cursor", "is", null)
    .where("c.retry_kind", "is", null)
    .select("c.id")
    .execute();
  const errors: unknown[] = [];
  for (const { id } of settled) {
    try {
      const status = await engineDb.transaction().execute((trx) => complete(trx, id));
      if (status !== null) log.info({ broadcastId: id, status }, "broadcast ended");
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

/** Ends the broadcast if it is still settled under its lock, and returns its status. */
async function complete(trx: Transaction<Database>, broadcastId: string): Promise<string | null> {
  if (!(await lockToEnd(trx, broadcastId))) return null;
  const isSent = sql<boolean>`c.successful_sends + c.unknown_count > 0`;
  const ended = await trx
    .updateTable("whatsapp_broadcasts as b")
    .from("counted_broadcasts as c")
    .set({
      status: sql`case when ${isSent} then 'completed' else 'failed' end`,
      completed_at: sql`case when ${isSent} then now() end`,
      failed_at: sql`case when ${isSent} then null else now() end`,
      failure_reason: sql`case when ${isSent} then null else ${allFailed} end`,
      pause_reason: null,
      paused_at: null,
      updated_at: sql`now()`,
    })
    .where("b.id", "=", broadcastId)
    .whereRef("c.id", "=", "b.id")
    .where("b.status", "in", ["sending", "paused"])
    .where("b.prepare_cursor", "is", null)
    .where("b.retry_kind", "is", null)
    .where(isSettled)
    .returning("b.status")
    .executeTakeFirst();
  return ended?.status ?? null;
}
