import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";
import { insertRejectedRows, type RejectedRow } from "./insert-rejected-rows.ts";
import type { ImportedContact } from "./read-contact.ts";

export interface StagedRow extends ImportedContact {
  lineNumber: number;
}

export interface RowBatch {
  staged: StagedRow[];
  rejected: RejectedRow[];
}

/**
 * Keeps a batch of rows and counts them, in one short transaction: one for the whole upload
 * would hold back vacuum, and with it the HOT updates of every broadcast that is sending.
 *
 * One JSON parameter for all rows instead of COPY: PostgreSQL refuses COPY FROM on a table with
 * row-level security ("Use INSERT statements instead").
 *
 * Throws `conflict` where the import has been given up in the meantime.
 */
export async function stageBatch(
  ctx: TenantContext,
  importId: string,
  batch: RowBatch,
): Promise<void> {
  await withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const processed = batch.staged.length + batch.rejected.length;
    const counted = await trx
      .updateTable("contact_imports")
      .set((eb) => ({
        processed_rows: eb("processed_rows", "+", processed),
        rejected_rows: eb("rejected_rows", "+", batch.rejected.length),
      }))
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", importId)
      .where("status", "=", "uploading")
      .executeTakeFirst();
    if (counted.numUpdatedRows === 0n) {
      throw new DomainError("conflict", "The upload took too long and was ended; start it again.");
    }
    await sql`
      insert into contact_import_rows
        (import_id, organization_id, line_number, phone, name, email, attributes, tags)
      select ${importId}::uuid, ${ctx.organizationId}::uuid, row."lineNumber", row.phone, row.name,
        row.email, row.attributes, row.tags
      from json_to_recordset(${JSON.stringify(batch.staged)}::json) as row
        ("lineNumber" integer, phone text, name text, email text, attributes jsonb, tags text[])
    `.execute(trx);
    await insertRejectedRows(trx, ctx.organizationId, importId, batch.rejected);
  });
}
