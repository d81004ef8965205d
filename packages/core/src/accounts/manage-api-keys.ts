import type {
  ApiKeyView,
  CreateApiKeyInput,
  CreatedApiKey,
} from "@loudhailer/contracts/accounts.ts";
import type { Page, PageQuery } from "@loudhailer/contracts/pagination.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import { DomainError } from "../domain-error.ts";
import { afterCursor } from "../id-cursor.ts";
import type { TenantContext } from "../tenant-context.ts";
import { pageByIds } from "../to-page.ts";
import { hashApiKey, type ApiKeyScope } from "./api-key-format.ts";
import { createApiKey } from "./create-api-key.ts";

/**
 * Returns the API keys that aren't revoked, newest first.
 * @throws DomainError `invalid_input` if the cursor isn't a key's id
 */
export async function listApiKeys(
  ctx: TenantContext,
  { limit, cursor }: PageQuery,
): Promise<Page<ApiKeyView>> {
  const found = await withTenant(ctx.db, ctx.organizationId, (trx) =>
    trx
      .selectFrom("api_keys")
      .leftJoin("users", "users.id", "api_keys.created_by")
      .where("api_keys.organization_id", "=", ctx.organizationId)
      .where("api_keys.revoked_at", "is", null)
      .select([
        "api_keys.id",
        "api_keys.name",
        "api_keys.prefix",
        "api_keys.scopes",
        "api_keys.last_used_at",
        "api_keys.created_at",
      ])
      .select("users.name as created_by")
      .where(afterCursor(ctx, cursor, "api_keys", ["created_at", "id"], "desc"))
      .orderBy("api_keys.created_at", "desc")
      .orderBy("api_keys.id", "desc")
      .limit(limit + 1)
      .execute(),
  );
  return pageByIds(found, limit, (row) => ({
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes.filter(
      (scope): scope is ApiKeyScope => scope === "read" || scope === "write",
    ),
    createdBy: row.created_by,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
  }));
}

/** Creates an API key. Only its hash is stored, so the key is only in this response. */
export function issueApiKey(
  ctx: TenantContext,
  { name, scopes }: CreateApiKeyInput,
): Promise<CreatedApiKey> {
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const { userId } = ctx.actor;
    const apiKey = await createApiKey(trx, {
      organizationId: ctx.organizationId,
      name,
      createdBy: userId,
      scopes,
    });
    const row = await trx
      .selectFrom("api_keys as k")
      .leftJoin("users as u", "u.id", "k.created_by")
      .where("k.organization_id", "=", ctx.organizationId)
      .where("k.key_hash", "=", hashApiKey(apiKey))
      .select(["k.id", "k.prefix", "k.created_at", "u.name as created_by"])
      .executeTakeFirstOrThrow();
    await recordAudit(trx, ctx, {
      action: "api_key.created",
      targetId: row.id,
      details: { scopes },
    });
    return {
      id: row.id,
      name,
      prefix: row.prefix,
      scopes,
      createdBy: row.created_by,
      lastUsedAt: null,
      createdAt: row.created_at.toISOString(),
      apiKey,
    };
  });
}

/**
 * Revokes an API key, effective from the next request.
 * @throws DomainError `not_found` if the organization has no such key or it is revoked already
 */
export function revokeApiKey(ctx: TenantContext, id: string): Promise<void> {
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable("api_keys")
      .set({ revoked_at: sql`now()` })
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", id)
      .where("revoked_at", "is", null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw new DomainError("not_found", "There is no such API key.");
    await recordAudit(trx, ctx, { action: "api_key.revoked", targetId: id });
  });
}
