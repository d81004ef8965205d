import type { FailureReason, PauseReason } from "@loudhailer/contracts/broadcast-reasons.ts";
import { classifyDatabaseFailure } from "@loudhailer/db/database-failure.ts";
import { TemplateVariablesError } from "@loudhailer/whatsapp/template-variables.ts";
import { sql } from "kysely";
import { DomainError } from "../domain-error.ts";
import type { EngineDeps } from "./engine-deps.ts";

const audienceIncomplete: PauseReason = "audience_incomplete";
const couldNotBePrepared: FailureReason = "could_not_be_prepared";
const unexpectedError = "unexpected_error" satisfies PauseReason & FailureReason;

/** Pause reasons of broadcasts whose audience isn't frozen any further until a person resumes them. */
export const givenUpReasons: readonly PauseReason[] = [audienceIncomplete, unexpectedError];

/**
 * Returns whether the template, the segment, or the data caused the error, so that another attempt
 * would fail too.
 */
function isContentError(error: unknown): boolean {
  if (error instanceof DomainError || error instanceof TemplateVariablesError) return true;
  const { kind } = classifyDatabaseFailure(error);
  return kind === "data" || kind === "conflict";
}

/**
 * Fails a broadcast that hasn't started sending. Otherwise pauses it: the recipients frozen so far
 * stay, and a resume tries the rest again from where it stopped.
 * @throws `error` if the broadcast is in neither state by now
 */
export async function giveUpPreparing(
  { engineDb, log }: EngineDeps,
  broadcastId: string,
  error: unknown,
): Promise<void> {
  const isContent = isContentError(error);
  const failureReason = sql.lit(isContent ? couldNotBePrepared : unexpectedError);
  const pauseReason = sql.lit(isContent ? audienceIncomplete : unexpectedError);
  const isUnsent = sql<boolean>`(status = 'preparing')`;
  const { numUpdatedRows } = await engineDb
    .updateTable("whatsapp_broadcasts")
    .set({
      status: sql`case when ${isUnsent} then 'failed' else 'paused' end`,
      failed_at: sql`case when ${isUnsent} then now() end`,
      failure_reason: sql`case when ${isUnsent} then ${failureReason} end`,
      prepare_cursor: sql`case when not ${isUnsent} then prepare_cursor end`,
      pause_reason: sql`case when not ${isUnsent} then ${pauseReason} end`,
      paused_at: sql`case when not ${isUnsent} then coalesce(paused_at, now()) end`,
      updated_at: sql`now()`,
    })
    .where("id", "=", broadcastId)
    .where("status", "in", ["preparing", "sending", "paused"])
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw error;
  log.error({ err: error, broadcastId }, "broadcast can't be prepared");
}
