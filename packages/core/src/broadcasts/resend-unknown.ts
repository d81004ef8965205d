import type { BroadcastView } from "@loudhailer/contracts/broadcasts.ts";
import type { TenantContext } from "../tenant-context.ts";
import { requestRetry } from "./request-retry.ts";
import { youngSecondsMax } from "./retry-rules.ts";

/**
 * Sends again to the broadcast's unconfirmed recipients. Only an operator may decide this, since
 * some recipients may get the message twice. Recipients claimed within the last 90 s stay
 * unconfirmed, because a webhook may still settle them.
 * @throws DomainError `not_found`, `conflict`, `broadcast_not_sendable`, or `template_not_approved`
 *   (see requestRetry)
 */
export function resendUnknown(ctx: TenantContext, broadcastId: string): Promise<BroadcastView> {
  return requestRetry(ctx, broadcastId, {
    kind: "unknown",
    action: "broadcast.unknown_resent",
    verb: "resent",
    emptyMessage: (unknown) =>
      unknown === 0
        ? "Nobody's outcome is unknown in this broadcast: there is nobody to resend to."
        : `Those whose outcome is unknown were sent to within the last ${youngSecondsMax} seconds, and Meta may still say what became of them. Try again in a minute or two.`,
  });
}
