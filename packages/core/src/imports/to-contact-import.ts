import type { ContactImport } from "@loudhailer/contracts/contact-imports.ts";
import type { ContactImportsTable } from "@loudhailer/db/database.ts";
import type { Selectable } from "kysely";

/** Converts a row of contact_imports to the API's form. */
export function toContactImport(row: Selectable<ContactImportsTable>): ContactImport {
  return {
    id: row.id,
    status: row.status,
    failureReason: row.failure_reason,
    fileName: row.file_name,
    processedRows: row.processed_rows,
    createdContacts: row.created_contacts,
    updatedContacts: row.updated_contacts,
    repeatedRows: row.repeated_rows,
    rejectedRows: row.rejected_rows,
    undoneContacts: row.undone_contacts,
    createdAt: row.created_at.toISOString(),
    completedAt: row.completed_at?.toISOString() ?? null,
  };
}
