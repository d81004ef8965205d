import type { FailureReason } from "@loudhailer/contracts/broadcast-reasons.ts";
import { sql } from "kysely";
import type { EngineDeps } from "./engine-deps.ts";
import { isSettled } from "./is-settled.ts";

const allFailed = sql.lit<FailureReason>("all_recipients_failed");

/**
 * Ends broadcasts whose audience is frozen and whose recipients are all settled. They become
 * `completed`, or `failed` if no message was sent and none is unconfirmed.
 */
export async function completeBroadcasts({ engineDb, log }: EngineDeps): Promise<void> {
  const rows = await engineDb
    .updateTable("whatsapp_broadcasts")
    .set({
      status: sql`case when successful_sends + unknown_count > 0 then 'completed' else 'failed' end`,
      completed_at: sql`case when successful_sends + unknown_count > 0 then now() end`,
      failed_at: sql`case when successful_sends + unknown_count > 0 then null else now() end`,
      failure_reason: sql`case when successful_sends + unknown_count > 0 then null else ${allFailed} end`,
      pause_reason: null,
      paused_at: null,
      updated_at: sql`now()`,
    })
    .where("id", "in", (query) =>
      query
        .selectFrom("whatsapp_broadcasts")
        .where("status", "in", ["sending", "paused"])
        .where(isSettled)
        .where("total_recipients", ">", 0)
        .where("prepare_cursor", "is", null)
        .select("id")
        .orderBy("id")
        .forNoKeyUpdate(),
    )
    .where("status", "in", ["sending", "paused"])
    .where("prepare_cursor", "is", null)
    .returning(["id", "status"])
    .execute();
  for (const { id, status } of rows) log.info({ broadcastId: id, status }, "broadcast ended");
}
