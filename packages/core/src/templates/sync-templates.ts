import type { SyncTemplatesInput, TemplateSyncResult } from "@loudhailer/contracts/templates.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import type { GraphTemplate } from "@loudhailer/whatsapp/graph-objects.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import { pauseForEdit } from "../pauses/pause-for-edit.ts";
import type { ProviderContext } from "../providers/provider-context.ts";
import { isTemplateChanged } from "./compare-template.ts";
import { fetchTemplates, templateKey } from "./fetch-templates.ts";
import { rowOfTemplate, saveTemplate, type TemplateOwner } from "./save-template.ts";

/** Rows per insert: PostgreSQL accepts 65,535 parameters per statement, and a template has 11. */
const insertRowsMax = 1_000;

/**
 * Syncs the stored templates with Meta's: writes new and changed ones, marks missing ones as
 * removed, and leaves all others untouched. Pauses the sending broadcasts of templates that read
 * differently now. Reads everything before it writes in one transaction.
 * @throws DomainError `not_found` if the organization doesn't have the given number
 * @throws DomainError `conflict` if the organization has no number, or an access token can't be
 *   decrypted
 * @throws DomainError `refused_by_meta` or `meta_unavailable` if Meta doesn't return the templates
 */
export async function syncTemplates(
  ctx: ProviderContext,
  { providerId }: SyncTemplatesInput,
): Promise<TemplateSyncResult> {
  const accounts = await fetchTemplates(ctx, providerId);
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    // Two simultaneous syncs would both find a template missing, and one insert would fail.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`templates ${ctx.organizationId}`}, 0))`.execute(
      trx,
    );
    const total = { created: 0, updated: 0, removed: 0, unchanged: 0 };
    const changedIds: string[] = [];
    for (const [wabaId, templates] of accounts) {
      const { organizationId } = ctx;
      const result = await syncAccount(trx, { organizationId, wabaId }, templates);
      changedIds.push(...result.changedIds);
      total.created += result.created;
      total.updated += result.updated;
      total.removed += result.removed;
      total.unchanged += result.unchanged;
    }
    await pauseForEdit(trx, ctx.organizationId, changedIds);
    await recordAudit(trx, ctx, {
      action: "templates.synced",
      targetType: "organization",
      targetId: ctx.organizationId,
      details: { ...total },
    });
    return total;
  });
}

async function syncAccount(
  trx: TenantDb,
  owner: TemplateOwner,
  templates: ReadonlyMap<string, GraphTemplate>,
): Promise<TemplateSyncResult & { changedIds: string[] }> {
  const { organizationId, wabaId } = owner;
  const rows = await trx
    .selectFrom("whatsapp_templates")
    .selectAll()
    .where("organization_id", "=", organizationId)
    .where("waba_id", "=", wabaId)
    .execute();
  const known = new Set(rows.map(templateKey));
  const added = [...templates.values()].filter((template) => !known.has(templateKey(template)));
  const gone = rows.filter((row) => row.removed_at === null && !templates.has(templateKey(row)));

  const changedIds: string[] = [];
  for (const row of rows) {
    const template = templates.get(templateKey(row));
    if (template === undefined || !isTemplateChanged(row, template)) continue;
    await saveTemplate(trx, owner, template);
    changedIds.push(row.id);
  }
  await insertTemplates(trx, owner, added);
  if (gone.length > 0) {
    const ids = gone.map((row) => row.id);
    await trx
      .updateTable("whatsapp_templates")
      .set({ removed_at: sql`now()`, synced_at: sql`now()`, updated_at: sql`now()` })
      .where("organization_id", "=", organizationId)
      .where("id", "in", ids)
      .execute();
  }
  const updated = changedIds.length;
  const unchanged = templates.size - added.length - updated;
  return { created: added.length, updated, removed: gone.length, unchanged, changedIds };
}

async function insertTemplates(
  trx: TenantDb,
  owner: TemplateOwner,
  templates: readonly GraphTemplate[],
): Promise<void> {
  const rows = templates.map((template) => rowOfTemplate(owner, template));
  for (let start = 0; start < rows.length; start += insertRowsMax) {
    await trx
      .insertInto("whatsapp_templates")
      .values(rows.slice(start, start + insertRowsMax))
      .execute();
  }
}
