import type { BroadcastView } from "@loudhailer/contracts/broadcasts.ts";
import { marketingCapCode, stoppedMarketingCode } from "@loudhailer/db/marketing-codes.ts";
import { sql } from "kysely";
import type { TenantContext } from "../tenant-context.ts";
import { retryRecipients } from "./retry-recipients.ts";

/**
 * Sends again to everybody for whom this broadcast failed, but for those who have opted out since.
 * Whom Meta spared marketing waits until a day after that. Throws what retryRecipients throws.
 */
export function retryFailed(ctx: TenantContext, broadcastId: string): Promise<BroadcastView> {
  return retryRecipients(ctx, broadcastId, {
    action: "broadcast.failed_retried",
    verb: "retried",
    // Of a contact that is gone, nobody would notice at the claim that it had opted out.
    which: sql`r.status = 'failed'
      and not (r.contact_id is null and coalesce(r.error_code = ${stoppedMarketingCode}, false))`,
    nextAttemptAt: sql`case when r.error_code = ${marketingCapCode} then
      nullif(greatest(now(), coalesce(r.failed_at, now()) + interval '24 hours'), now()) end`,
    nobody: async () => "Nobody failed in this broadcast: there is nobody to retry.",
  });
}
