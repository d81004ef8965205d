import type { LaunchError } from "@loudhailer/contracts/broadcast-reasons.ts";
import type { ErrorCode } from "@loudhailer/contracts/error-codes.ts";
import { classifyDatabaseFailure } from "@loudhailer/db/database-failure.ts";
import { asTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { launchInTransaction } from "../broadcasts/launch-broadcast.ts";
import { DomainError } from "../domain-error.ts";
import type { EngineDeps } from "./engine-deps.ts";

/**
 * The reason with which a due broadcast fails, for each error of its launch. Null for errors that
 * don't come from the broadcast: these are tried again.
 */
const reasonOfError = {
  invalid_input: "invalid_input",
  not_found: "invalid_input",
  conflict: "invalid_input",
  broadcast_not_sendable: "broadcast_not_sendable",
  template_not_approved: "template_not_approved",
  unauthenticated: null,
  forbidden: null,
  idempotency_key_reused: null,
  payload_too_large: null,
  refused_by_meta: null,
  rate_limited: null,
  internal: null,
  meta_unavailable: null,
  unavailable: null,
} as const satisfies Record<ErrorCode, LaunchError | null>;

/** A launch failed for a reason that isn't the broadcast's own. */
class LaunchFault extends Error {
  readonly broadcastId: string;

  constructor(broadcastId: string, cause: unknown) {
    super(`broadcast ${broadcastId} could not be launched`, { cause });
    this.broadcastId = broadcastId;
  }
}

/**
 * Launches scheduled broadcasts that are due, including those missed while nothing ran. A broadcast
 * that can't be sent becomes `failed` with the reason.
 * @throws LaunchFault of the first broadcast that must be tried again, once the others are launched
 */
export async function launchDueBroadcasts(deps: EngineDeps): Promise<void> {
  const faults = new Map<string, LaunchFault>();
  for (;;) {
    try {
      if (!(await launchNextDue(deps, [...faults.keys()]))) break;
    } catch (error) {
      if (!(error instanceof LaunchFault)) throw error;
      faults.set(error.broadcastId, error);
    }
  }
  for (const fault of faults.values()) throw fault;
}

function launchNextDue({ engineDb, log }: EngineDeps, skippedIds: string[]): Promise<boolean> {
  return engineDb.transaction().execute(async (trx) => {
    const due = await trx
      .selectFrom("whatsapp_broadcasts")
      .where("status", "=", "scheduled")
      .where("scheduled_at", "<=", sql<Date>`now()`)
      .where(sql<boolean>`id <> all(${skippedIds}::uuid[])`)
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
      if (classifyDatabaseFailure(error).kind === "away") throw error;
      const reason = error instanceof DomainError ? reasonOfError[error.code] : null;
      if (!(error instanceof DomainError) || reason === null) throw new LaunchFault(due.id, error);
      log.warn({ broadcastId: due.id, code: error.code }, "scheduled broadcast can't be sent");
      await trx
        .updateTable("whatsapp_broadcasts")
        .set({
          status: "failed",
          failed_at: sql`now()`,
          failure_reason: reason,
          updated_at: sql`now()`,
        })
        .where("id", "=", due.id)
        .execute();
    }
    return true;
  });
}
