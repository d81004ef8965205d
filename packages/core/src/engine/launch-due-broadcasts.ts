import { launchErrors, type FailureReason } from "@loudhailer/contracts/broadcast-reasons.ts";
import { narrowTo } from "@loudhailer/contracts/narrow-to.ts";
import { asTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { launchInTransaction } from "../broadcasts/launch-broadcast.ts";
import { DomainError } from "../domain-error.ts";
import type { EngineDeps } from "./engine-deps.ts";

/** Reason for an error that no launch of a scheduled broadcast is expected to throw. */
const otherError: FailureReason = "invalid_input";

/**
 * Launches scheduled broadcasts that are due, including those missed while nothing ran. A broadcast
 * that can't be sent becomes `failed` with the reason.
 */
export async function launchDueBroadcasts(deps: EngineDeps): Promise<void> {
  while (await launchNextDue(deps));
}

function launchNextDue({ engineDb, log }: EngineDeps): Promise<boolean> {
  return engineDb.transaction().execute(async (trx) => {
    const due = await trx
      .selectFrom("whatsapp_broadcasts")
      .where("status", "=", "scheduled")
      .where("scheduled_at", "<=", sql<Date>`now()`)
      .select(["id", "organization_id"])
      .orderBy("scheduled_at")
      .limit(1)
      .forNoKeyUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (!due) return false;
    try {
      await launchInTransaction(asTenant(trx), due.organization_id, due.id);
      log.info({ broadcastId: due.id }, "scheduled broadcast launched");
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      log.warn({ broadcastId: due.id, code: error.code }, "scheduled broadcast can't be sent");
      await trx
        .updateTable("whatsapp_broadcasts")
        .set({
          status: "failed",
          failed_at: sql`now()`,
          failure_reason: narrowTo(launchErrors, error.code) ?? otherError,
          updated_at: sql`now()`,
        })
        .where("id", "=", due.id)
        .execute();
    }
    return true;
  });
}
