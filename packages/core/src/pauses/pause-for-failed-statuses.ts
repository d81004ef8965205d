import type { StatusUpdate } from "@loudhailer/db/apply-statuses.ts";
import type { Database } from "@loudhailer/db/database.ts";
import { dispositionOf } from "@loudhailer/whatsapp/error-taxonomy.ts";
import { sql, type Kysely } from "kysely";
import { pauseForFailure, pauseScopeOf, type PauseForFailure } from "./pause-for-failure.ts";

/**
 * Maximum age of a failed status. Meta repeats its webhooks for days, and the cause of an older
 * failure may have been fixed since.
 */
const recentMs = 10 * 60_000;

/**
 * Pauses the broadcasts concerned by failed statuses. Meta reports most failures of a number, an
 * account or a template in a status rather than in its response. The statuses must be of this
 * installation's attempts, matched by applyStatuses. Safe to repeat. Returns the number of broadcasts
 * paused.
 */
export async function pauseForFailedStatuses(
  db: Kysely<Database>,
  statuses: readonly StatusUpdate[],
): Promise<number> {
  const suspects = statuses.filter(
    ({ status, attempt, errorCode, at }) =>
      status === "failed" &&
      attempt !== null &&
      errorCode !== null &&
      pauseScopeOf(dispositionOf(Number(errorCode))) !== null &&
      at.getTime() > Date.now() - recentMs,
  );
  if (suspects.length === 0) return 0;
  let paused = 0;
  for (const { code: digits, ...ids } of await findConcerned(db, suspects)) {
    const code = Number(digits);
    const scope = pauseScopeOf(dispositionOf(code));
    if (scope !== null)
      paused += await pauseForFailure(db, { ...ids, scope, reason: `meta_${code}` });
  }
  return paused;
}

interface Concerned extends Omit<PauseForFailure, "scope" | "reason" | "accessToken"> {
  code: string;
}

async function findConcerned(
  db: Kysely<Database>,
  suspects: readonly StatusUpdate[],
): Promise<Concerned[]> {
  const { rows } = await sql<Concerned>`
    select distinct s.code, b.organization_id as "organizationId", b.id as "broadcastId",
      b.template_id as "templateId", b.provider_id as "providerId", p.waba_id as "wabaId"
    from unnest(${suspects.map((s) => s.attempt?.recipientId)}::bigint[],
      ${suspects.map((s) => s.organizationId)}::uuid[],
      ${suspects.map((s) => s.errorCode)}::text[]) as s(recipient_id, organization_id, code)
    join whatsapp_broadcast_recipients r
      on r.id = s.recipient_id and r.organization_id = s.organization_id
    join whatsapp_broadcasts b on b.id = r.broadcast_id
    join whatsapp_providers p on p.id = b.provider_id
    where b.status = 'sending'
  `.execute(db);
  return rows;
}
