import type { FailureReason } from "@loudhailer/contracts/broadcast-reasons.ts";
import type { ErrorCode } from "@loudhailer/contracts/error-codes.ts";
import type { Database } from "@loudhailer/db/database.ts";
import { asTenant } from "@loudhailer/db/tenant.ts";
import { sql, type Kysely } from "kysely";
import { launchInTransaction } from "../broadcasts/launch-broadcast.ts";
import { isScheduleMissedSql } from "../broadcasts/schedule-grace.ts";
import { DomainError } from "../domain-error.ts";
import { isolateFaults } from "../isolate-faults.ts";
import type { EngineDeps } from "./engine-deps.ts";

/**
 * The reason with which a due broadcast fails, for each error of its launch. Errors that no launch
 * should have are unexpected.
 */
const reasonOfError: Record<ErrorCode, FailureReason> = {
  invalid_input: "invalid_input",
  not_found: "invalid_input",
  conflict: "invalid_input",
  broadcast_not_sendable: "broadcast_not_sendable",
  template_not_approved: "template_not_approved",
  unauthenticated: "unexpected_error",
  forbidden: "unexpected_error",
  idempotency_key_reused: "unexpected_error",
  payload_too_large: "unexpected_error",
  refused_by_meta: "unexpected_error",
  rate_limited: "unexpected_error",
  internal: "unexpected_error",
  meta_unavailable: "unexpected_error",
  unavailable: "unexpected_error",
};

interface DueBroadcast {
  id: string;
  organization_id: string;
}

/**
 * Launches scheduled broadcasts that are due, including those missed while nothing ran. One that is
 * later than its organization's grace stays scheduled until a person launches or reschedules it. A
 * broadcast that can't be launched becomes `failed` with the reason, unless the database is away.
 * @throws Error of the first broadcast that must be tried again, once the others are launched
 */
export async function launchDueBroadcasts(deps: EngineDeps): Promise<void> {
  await noteMissed(deps.engineDb);
  const faults = isolateFaults("broadcast");
  for (const due of await findDue(deps.engineDb)) {
    const work = () => launch(deps, due);
    await faults.run(due.id, work, (error) => failLaunch(deps, due.id, error));
  }
  faults.throwFirst();
}

/** Notes which schedules were missed, since the organization's grace may change. */
async function noteMissed(db: Kysely<Database>): Promise<void> {
  await db
    .updateTable("whatsapp_broadcasts")
    .set({ missed_schedule: sql`scheduled_at` })
    .where(isScheduleMissedSql("whatsapp_broadcasts"))
    .where(sql<boolean>`missed_schedule is distinct from scheduled_at`)
    .execute();
}

function findDue(db: Kysely<Database>): Promise<DueBroadcast[]> {
  return db
    .selectFrom("whatsapp_broadcasts")
    .where(isDue)
    .select(["id", "organization_id"])
    .orderBy("scheduled_at")
    .execute();
}

const isDue = sql<boolean>`(status = 'scheduled' and scheduled_at <= now()
  and not ${isScheduleMissedSql("whatsapp_broadcasts")})`;

/** Launches the broadcast unless another process is launching it or it is no longer due. */
async function launch({ engineDb, log }: EngineDeps, due: DueBroadcast): Promise<void> {
  const launched = await engineDb.transaction().execute(async (trx) => {
    const locked = await trx
      .selectFrom("whatsapp_broadcasts")
      .where("id", "=", due.id)
      .where(isDue)
      .select("id")
      .forNoKeyUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (!locked) return false;
    await launchInTransaction(asTenant(trx), due.organization_id, due.id);
    return true;
  });
  if (launched) log.info({ broadcastId: due.id }, "scheduled broadcast launched");
}

async function failLaunch(
  { engineDb, log }: EngineDeps,
  broadcastId: string,
  error: unknown,
): Promise<void> {
  const reason = error instanceof DomainError ? reasonOfError[error.code] : "unexpected_error";
  await engineDb
    .updateTable("whatsapp_broadcasts")
    .set({
      status: "failed",
      failed_at: sql`now()`,
      failure_reason: reason,
      updated_at: sql`now()`,
    })
    .where("id", "=", broadcastId)
    // It may have been changed since the launch failed.
    .where(isDue)
    .execute();
  const message = "scheduled broadcast can't be launched";
  if (reason === "unexpected_error") log.error({ err: error, broadcastId }, message);
  else log.warn({ broadcastId, reason }, message);
}
