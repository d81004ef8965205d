import type { BroadcastView } from "@loudhailer/contracts/broadcasts.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";
import { selectBroadcasts, toBroadcastView } from "./broadcast-view.ts";

/** Throws `not_found` also for another organization's broadcast. */
export function getBroadcast(ctx: TenantContext, broadcastId: string): Promise<BroadcastView> {
  return withTenant(ctx.db, ctx.organizationId, (trx) =>
    fetchBroadcast(trx, ctx.organizationId, broadcastId),
  );
}

/** As getBroadcast, inside a transaction. */
export async function fetchBroadcast(
  trx: TenantDb,
  organizationId: string,
  broadcastId: string,
): Promise<BroadcastView> {
  const row = await selectBroadcasts(trx, organizationId)
    .where("b.id", "=", broadcastId)
    .executeTakeFirst();
  if (!row) throw new DomainError("not_found", "There is no such broadcast.");
  return toBroadcastView(row);
}
