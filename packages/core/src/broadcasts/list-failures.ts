import type { FailureView } from "@loudhailer/contracts/broadcasts.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import type { TenantContext } from "../tenant-context.ts";
import { describeFailure } from "./describe-failure.ts";
import { fetchBroadcast } from "./get-broadcast.ts";

/**
 * Counts the failed, skipped, and unconfirmed recipients by status and reason, largest group first.
 * @throws DomainError `not_found` if the organization has no such broadcast
 */
export function listFailures(ctx: TenantContext, broadcastId: string): Promise<FailureView[]> {
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    await fetchBroadcast(trx, ctx.organizationId, broadcastId);
    const rows = await trx
      .selectFrom("whatsapp_broadcast_recipients")
      .where("organization_id", "=", ctx.organizationId)
      .where("broadcast_id", "=", broadcastId)
      .where("status", "in", ["failed", "skipped", "unknown"])
      .groupBy(["status", "error_code"])
      .select((eb) => [
        "status",
        "error_code",
        eb.fn.min("error_title").as("error_title"),
        eb.fn.countAll<string>().as("count"),
      ])
      .orderBy("count", "desc")
      .execute();
    return rows.map((row) => ({
      status: row.status,
      errorCode: row.error_code,
      errorTitle: row.error_title,
      ...describeFailure(row.error_code),
      count: Number(row.count),
    }));
  });
}
