import { withTenant } from "@loudhailer/db/tenant.ts";
import type { TenantContext } from "../tenant-context.ts";

/** The request failed and changed nothing: the key may be used again, for it or a corrected one. */
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
