import type { BroadcastView } from "@loudhailer/contracts/broadcasts.ts";
import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import type { TenantContext } from "../tenant-context.ts";
import { retryRecipients } from "./retry-recipients.ts";

/**
 * Age of a claim until which its recipient isn't resent to: a request takes at most a minute, and
 * its webhook arrives within seconds.
 */
const youngSecondsMax = 90;

/**
 * Sends again to the broadcast's unconfirmed recipients. Only an operator may decide this, since
 * some recipients may get the message twice. Recipients claimed within the last 90 s stay
 * unconfirmed, because a webhook may still settle them.
 * @throws DomainError `not_found`, `conflict`, `broadcast_not_sendable`, or `template_not_approved`
 *   (see retryRecipients)
 */
export function resendUnknown(ctx: TenantContext, broadcastId: string): Promise<BroadcastView> {
  return retryRecipients(ctx, broadcastId, {
    action: "broadcast.unknown_resent",
    verb: "resent",
    which: sql`r.status = 'unknown'
      and coalesce(r.claimed_at < now() - ${youngSecondsMax} * interval '1 second', true)`,
    nextAttemptAt: sql`now()`,
    emptyMessage: (trx) => explainEmpty(trx, ctx.organizationId, broadcastId),
  });
}

async function explainEmpty(
  trx: TenantDb,
  organizationId: string,
  broadcastId: string,
): Promise<string> {
  const { unknown_count: young } = await trx
    .selectFrom("counted_broadcasts")
    .where("organization_id", "=", organizationId)
    .where("id", "=", broadcastId)
    .select("unknown_count")
    .executeTakeFirstOrThrow();
  return young === 0
    ? "Nobody's outcome is unknown in this broadcast: there is nobody to resend to."
    : `Those whose outcome is unknown were sent to within the last ${youngSecondsMax} seconds, and Meta may still say what became of them. Try again in a minute or two.`;
}
