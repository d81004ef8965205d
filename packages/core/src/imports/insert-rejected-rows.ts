import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import type { RejectionReason } from "./rejection-reasons.ts";

export interface RejectedRow {
  lineNumber: number;
  reason: RejectionReason;
  fields: string[];
}

/** Stores rejected rows for the downloadable file. */
export async function insertRejectedRows(
  trx: TenantDb,
  organizationId: string,
  importId: string,
  rows: RejectedRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into contact_import_rejected_rows
      (import_id, organization_id, line_number, reason, fields)
    select ${importId}::uuid, ${organizationId}::uuid, row."lineNumber", row.reason, row.fields
    from json_to_recordset(${JSON.stringify(rows)}::json) as row
      ("lineNumber" integer, reason text, fields text[])
  `.execute(trx);
}
