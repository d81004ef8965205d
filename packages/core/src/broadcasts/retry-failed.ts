import type { BroadcastView } from "@loudhailer/contracts/broadcasts.ts";
import { marketingCapCode, stoppedMarketingCode } from "@loudhailer/db/marketing-codes.ts";
import { sql } from "kysely";
import type { TenantContext } from "../tenant-context.ts";
import { retryRecipients } from "./retry-recipients.ts";

/**
 * Sends again to the broadcast's failed recipients, except those who have opted out since.
 * Recipients refused by Meta's marketing cap wait until 24 hours after that.
 * @throws DomainError `not_found`, `conflict`, `broadcast_not_sendable`, or `template_not_approved`
 *   (see retryRecipients)
 */
export function retryFailed(ctx: TenantContext, broadcastId: string): Promise<BroadcastView> {
  return retryRecipients(ctx, broadcastId, {
    action: "broadcast.failed_retried",
    verb: "retried",
    // The claim can't see that a deleted contact had opted out, so those stay failed.
    which: sql`r.status = 'failed'
      and not (r.contact_id is null and coalesce(r.error_code = ${stoppedMarketingCode}, false))`,
    nextAttemptAt: sql`case when r.error_code = ${marketingCapCode}
      then greatest(now(), coalesce(r.failed_at, now()) + interval '24 hours') else now() end`,
    emptyMessage: async () => "Nobody failed in this broadcast: there is nobody to retry.",
  });
}
