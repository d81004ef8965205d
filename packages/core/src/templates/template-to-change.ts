import type { BroadcastStatus } from "@loudhailer/db/database.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { DomainError } from "../domain-error.ts";
import type { ProviderContext } from "../providers/provider-context.ts";
import { accessToAccount, type AccountAccess } from "./account-access.ts";
import { fetchTemplateRow } from "./get-template.ts";
import type { TemplateRow } from "./template-view.ts";

const inUse: BroadcastStatus[] = ["scheduled", "preparing", "sending", "paused"];

/**
 * Returns a template that may be changed at Meta now, with the access to its WABA.
 * @throws DomainError `not_found` if the organization has no such template
 * @throws DomainError `conflict` if it is removed at Meta, a scheduled, preparing, sending or
 *   paused broadcast uses it, or the WABA can't be accessed
 */
export function templateToChange(
  ctx: ProviderContext,
  templateId: string,
): Promise<{ row: TemplateRow; access: AccountAccess }> {
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const row = await fetchTemplateRow(trx, ctx.organizationId, templateId);
    if (row.removed_at !== null) {
      throw new DomainError("conflict", "This template is gone at Meta.", { status: "REMOVED" });
    }
    await refuseTemplateInUse(trx, ctx.organizationId, templateId);
    return { row, access: await accessToAccount(trx, ctx, row.waba_id) };
  });
}

async function refuseTemplateInUse(
  trx: TenantDb,
  organizationId: string,
  templateId: string,
): Promise<void> {
  const broadcasts = await trx
    .selectFrom("whatsapp_broadcasts")
    .select(["id", "status"])
    .where("organization_id", "=", organizationId)
    .where("template_id", "=", templateId)
    .where("status", "in", inUse)
    .orderBy("created_at")
    .limit(20)
    .execute();
  if (broadcasts.length === 0) return;
  throw new DomainError(
    "conflict",
    "Broadcasts use this template: wait until they are completed, or cancel them first.",
    { broadcasts },
  );
}
