import { withTenant } from "@loudhailer/db/tenant.ts";
import type { TenantContext } from "../tenant-context.ts";

/**
 * Releases the key of a request that failed and changed nothing, so that the key can be used again
 * for the same or a corrected request.
 */
export async function releaseIdempotencyKey(ctx: TenantContext, key: string): Promise<void> {
  await withTenant(ctx.db, ctx.organizationId, (trx) =>
    trx
      .deleteFrom("idempotency_keys")
      .where("organization_id", "=", ctx.organizationId)
      .where("key", "=", key)
      .where("response_status", "is", null)
      .execute(),
  );
}
