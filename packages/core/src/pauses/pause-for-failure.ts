import type { NumberReason, PauseReason } from "@loudhailer/contracts/broadcast-reasons.ts";
import type { Database } from "@loudhailer/db/database.ts";
import type { Disposition } from "@loudhailer/whatsapp/error-taxonomy.ts";
import { sql, type Kysely } from "kysely";
import { pauseSending, sendingBroadcasts } from "./pause-sending.ts";

/** The reach of a refusal: one broadcast, or its template, number, token or WABA. */
export type PauseScope = "broadcast" | "template" | "number" | "token" | "waba";

/**
 * Returns the scope that a refusal pauses at once. Null if it concerns only the recipient, resolves
 * automatically, or pauses only once most rows are refused.
 */
export function pauseScopeOf(disposition: Disposition): PauseScope | null {
  switch (disposition.kind) {
    case "pause-template":
      return disposition.whenMostRows ? null : "template";
    case "pause-number":
    case "stop-number":
      return "number";
    case "pause-provider":
      return "token";
    case "pause-waba":
      return "waba";
    case "fail-recipient":
    case "opt-out-recipient":
    case "hold-recipient":
    case "retry-recipient":
    case "retry":
    case "throttle-number":
    case "hold-number":
    case "fail-row":
      return null;
    default:
      return disposition satisfies never;
  }
}

/** What a refusal pauses, and why. Only a reason of a number may be stored with a number. */
export type FailurePause =
  | { scope: "number" | "token"; reason: NumberReason }
  | { scope: Exclude<PauseScope, "number" | "token">; reason: PauseReason };

export type PauseForFailure = FailurePause & {
  organizationId: string;
  broadcastId: string;
  templateId: string;
  providerId: string;
  wabaId: string;
  /**
   * Ciphertext of the refused token, for the scope `token`. If the number has another token by now,
   * the refusal is late and is ignored.
   */
  accessToken?: string;
};

/**
 * Pauses every broadcast of the organization that a refusal concerns. A refusal of the number or
 * its token also takes the number out of service. No recipient fails; safe to repeat. Returns the
 * number of broadcasts paused.
 */
export async function pauseForFailure(
  db: Kysely<Database>,
  failure: PauseForFailure,
): Promise<number> {
  // In one transaction: a token saved in between must not find broadcasts paused for the old one.
  return db.transaction().execute(async (trx) => {
    if (!(await takeNumberOut(trx, failure))) return 0;
    return pauseSending(trx, affected(trx, failure), failure.reason);
  });
}

/**
 * Takes the number out of service if the scope requires it. Returns false if the refused token has
 * been replaced, or the number has moved.
 */
async function takeNumberOut(db: Kysely<Database>, failure: PauseForFailure): Promise<boolean> {
  if (failure.scope !== "number" && failure.scope !== "token") return true;
  let update = db
    .updateTable("whatsapp_providers")
    .set({
      status: failure.scope === "token" ? "disconnected" : "paused",
      status_reason: failure.reason,
      updated_at: sql`now()`,
    })
    .where("id", "=", failure.providerId)
    .where("moved_at", "is", null);
  if (failure.accessToken !== undefined) {
    update = update.where("access_token", "=", failure.accessToken);
  }
  const { numUpdatedRows } = await update.executeTakeFirst();
  return numUpdatedRows > 0n;
}

function affected(db: Kysely<Database>, failure: PauseForFailure) {
  const sending = sendingBroadcasts(db, failure.organizationId);
  switch (failure.scope) {
    case "broadcast":
      return sending.where("id", "=", failure.broadcastId);
    case "template":
      return sending.where("template_id", "=", failure.templateId);
    case "number":
    case "token":
      return sending.where("provider_id", "=", failure.providerId);
    case "waba":
      return sending.where("provider_id", "in", (query) =>
        query.selectFrom("whatsapp_providers").select("id").where("waba_id", "=", failure.wabaId),
      );
    default:
      return failure satisfies never;
  }
}
