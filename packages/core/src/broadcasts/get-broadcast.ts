import type { BroadcastView } from "@loudhailer/contracts/broadcasts.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";
import { selectBroadcasts, toBroadcastView } from "./broadcast-view.ts";

/**
 * Returns one of the organization's broadcasts.
 * @throws DomainError `not_found` if it doesn't exist or belongs to another organization
 */
export function getBroadcast(ctx: TenantContext, broadcastId: string): Promise<BroadcastView> {
  return withTenant(ctx.db, ctx.organizationId, (trx) =>
    fetchBroadcast(trx, ctx.organizationId, broadcastId),
  );
}

/**
 * Returns one of the organization's broadcasts inside a transaction.
 * @throws DomainError `not_found` if it doesn't exist or belongs to another organization
 */
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
