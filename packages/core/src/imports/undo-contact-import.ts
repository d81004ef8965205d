import type { ContactImport } from "@loudhailer/contracts/contact-imports.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";
import { fetchContactImport } from "./get-contact-import.ts";
import { toContactImport } from "./to-contact-import.ts";

export const undoDaysMax = 30;

/**
 * Requests the undo of an import, which runs in the background (undo-import.ts).
 * @throws DomainError `not_found` if the organization has no such import
 * @throws DomainError `conflict` if it isn't completed or was completed more than 30 days ago
 */
export function undoContactImport(ctx: TenantContext, id: string): Promise<ContactImport> {
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const updated = await trx
      .updateTable("contact_imports")
      .set({ status: "undoing", active_at: sql`now()` })
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", id)
      .where("status", "=", "completed")
      .where("completed_at", ">", sql<Date>`now() - make_interval(days => ${undoDaysMax}::integer)`)
      .returningAll()
      .executeTakeFirst();
    if (updated) {
      await recordAudit(trx, ctx, { action: "contact_import.undone", targetId: id });
      return toContactImport(updated);
    }
    const { status } = await fetchContactImport(trx, ctx.organizationId, id);
    throw new DomainError(
      "conflict",
      status === "completed"
        ? `An import can be undone for ${undoDaysMax} days; this one is older.`
        : `An import that is ${status} can't be undone.`,
      { status },
    );
  });
}
