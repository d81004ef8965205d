import type { TenantDb } from "@loudhailer/db/tenant.ts";
import type { TenantContext } from "../tenant-context.ts";

export interface AuditEntry {
  /** `provider.connected`: what was acted on, and what was done, in the past tense. */
  action: string;
  targetType: string;
  targetId: string;
  /** Names of what changed and harmless values; never a secret or a person's data. */
  details?: Record<string, unknown>;
}

/** Notes who did what, in the transaction that does it. */
export async function recordAudit(
  trx: TenantDb,
  ctx: TenantContext,
  { action, targetType, targetId, details = {} }: AuditEntry,
): Promise<void> {
  await trx
    .insertInto("audit_log")
    .values({
      organization_id: ctx.organizationId,
      actor_user_id: ctx.actor.userId,
      actor_api_key_id: ctx.actor.apiKeyId,
      action,
      target_type: targetType,
      target_id: targetId,
      details: JSON.stringify(details),
      ip_address: ctx.actor.ipAddress,
    })
    .execute();
}
