import type { AuditAction } from "@loudhailer/contracts/audit-actions.ts";
import type { TenantDb } from "@loudhailer/db/tenant.ts";
import type { TenantContext } from "../tenant-context.ts";

export interface AuditEntry {
  action: AuditAction;
  /** Defaults to the type in the action, `broadcast` in `broadcast.paused`. */
  targetType?: string;
  targetId: string;
  /** Names of changed fields and harmless values; never a secret or personal data. */
  details?: Record<string, unknown>;
}

/** Records an event in the audit log, in the same transaction as the change. */
export async function recordAudit(
  trx: TenantDb,
  ctx: TenantContext,
  { action, targetType = action.slice(0, action.indexOf(".")), targetId, details = {} }: AuditEntry,
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
