import type { BroadcastView } from "@loudhailer/contracts/broadcasts.ts";
import type { TenantContext } from "../tenant-context.ts";
import { requestRetry } from "./request-retry.ts";

/**
 * Sends again to the broadcast's failed recipients, except those who have opted out since.
 * Recipients refused by Meta's marketing cap wait until 24 hours after that.
 * @throws DomainError `not_found`, `conflict`, `broadcast_not_sendable`, or `template_not_approved`
 *   (see requestRetry)
 */
export function retryFailed(ctx: TenantContext, broadcastId: string): Promise<BroadcastView> {
  return requestRetry(ctx, broadcastId, {
    kind: "failed",
    action: "broadcast.failed_retried",
    verb: "retried",
    emptyMessage: () => "Nobody failed in this broadcast: there is nobody to retry.",
  });
}
