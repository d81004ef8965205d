import type { BroadcastView } from "@loudhailer/contracts/broadcasts.ts";
import { sql } from "kysely";
import type { TenantContext } from "../tenant-context.ts";
import { retryRecipients } from "./retry-recipients.ts";

/** Meta spares this person marketing for now; an earlier retry than after a day is punished. */
const marketingCap = "131049";
/** The person stopped marketing messages; with the contact gone, nobody would notice at the claim. */
const stoppedMarketing = "131050";

/**
 * Sends again to everybody for whom this broadcast failed, but for those who have opted out since.
 * Whom Meta spared marketing waits until a day after that. Throws what retryRecipients throws.
 */
export function retryFailed(ctx: TenantContext, broadcastId: string): Promise<BroadcastView> {
  return retryRecipients(ctx, broadcastId, {
    action: "broadcast.failed_retried",
    verb: "retried",
    which: sql`r.status = 'failed'
      and not (r.contact_id is null and coalesce(r.error_code = ${stoppedMarketing}, false))`,
    nextAttemptAt: sql`case when r.error_code = ${marketingCap} then
      nullif(greatest(now(), coalesce(r.failed_at, now()) + interval '24 hours'), now()) end`,
    nobody: async () => "Nobody failed in this broadcast: there is nobody to retry.",
  });
}
