import type { AuditEntryView, ListAuditLogInput } from "@loudhailer/contracts/accounts.ts";
import type { Page } from "@loudhailer/contracts/pagination.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { parseBigintCursor } from "../id-cursor.ts";
import type { TenantContext } from "../tenant-context.ts";
import { pageByIds } from "../to-page.ts";

/**
 * Returns the events of the audit log with their actors, times and IP addresses, newest first.
 * @throws DomainError `invalid_input` if the cursor isn't an event's id
 */
export async function listAuditLog(
  ctx: TenantContext,
  {
    limit,
    cursor,
    action,
    actorUserId,
    actorApiKeyId,
    targetType,
    targetId,
    from,
    to,
  }: ListAuditLogInput,
): Promise<Page<AuditEntryView>> {
  const before = cursor === undefined ? undefined : parseBigintCursor(cursor);
  const found = await withTenant(ctx.db, ctx.organizationId, (trx) => {
    let query = trx
      .selectFrom("audit_log as a")
      .leftJoin("users as u", "u.id", "a.actor_user_id")
      .leftJoin("api_keys as k", "k.id", "a.actor_api_key_id")
      .where("a.organization_id", "=", ctx.organizationId)
      .selectAll("a")
      .select(["u.name as user_name", "k.name as api_key_name"])
      .orderBy("a.id", "desc")
      .limit(limit + 1);
    if (before !== undefined) query = query.where("a.id", "<", before);
    if (action !== undefined) query = query.where("a.action", "=", action);
    if (actorUserId !== undefined) query = query.where("a.actor_user_id", "=", actorUserId);
    if (actorApiKeyId !== undefined) query = query.where("a.actor_api_key_id", "=", actorApiKeyId);
    if (targetType !== undefined) query = query.where("a.target_type", "=", targetType);
    if (targetId !== undefined) query = query.where("a.target_id", "=", targetId);
    if (from !== undefined) query = query.where("a.created_at", ">=", new Date(from));
    if (to !== undefined) query = query.where("a.created_at", "<", new Date(to));
    return query.execute();
  });
  return pageByIds(found, limit, (row) => ({
    id: row.id,
    action: row.action,
    targetType: row.target_type,
    targetId: row.target_id,
    details: row.details,
    actor: actorOf(row),
    ipAddress: row.ip_address,
    createdAt: row.created_at.toISOString(),
  }));
}

function actorOf(row: {
  actor_user_id: string | null;
  actor_api_key_id: string | null;
  user_name: string | null;
  api_key_name: string | null;
}): AuditEntryView["actor"] {
  if (row.actor_user_id !== null) {
    return { kind: "user", id: row.actor_user_id, name: row.user_name };
  }
  if (row.actor_api_key_id !== null) {
    return { kind: "api_key", id: row.actor_api_key_id, name: row.api_key_name };
  }
  return { kind: "system", id: null, name: null };
}
