import { withTenant } from "@loudhailer/db/tenant.ts";
import type { TenantContext } from "../tenant-context.ts";

/** Stores the request's response for every repetition. */
export async function completeIdempotencyKey(
  ctx: TenantContext,
  key: string,
  response: { status: number; body: object },
): Promise<void> {
  await withTenant(ctx.db, ctx.organizationId, (trx) =>
    trx
      .updateTable("idempotency_keys")
      .set({ response_status: response.status, response_body: JSON.stringify(response.body) })
      .where("organization_id", "=", ctx.organizationId)
      .where("key", "=", key)
      .execute(),
  );
}
