import type { ExportContactsInput } from "@loudhailer/contracts/contacts.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { byteOrderMark, safeCsvLine } from "../csv/csv-line.ts";
import type { TenantContext } from "../tenant-context.ts";
import { findContacts } from "./list-contacts.ts";
import { listLabels } from "./list-tags.ts";
import type { ContactRow } from "./to-contact.ts";

const pageRows = 2_000;
/** The most custom attributes that are exported, so that an import accepts all columns. */
const attributesMax = 400;

/**
 * Yields contacts as CSV text that an import can read, newest first. Reads page by page: memory
 * use is constant, and no transaction stays open between pages. Contacts added meanwhile are
 * missing.
 */
export async function* exportContacts(
  ctx: TenantContext,
  filter: ExportContactsInput,
): AsyncGenerator<string> {
  const { items: keys } = await listLabels(ctx, "attribute", { limit: attributesMax });
  const headers = ["phone", "name", "email", "tags", "opted out at", ...keys];
  yield byteOrderMark + safeCsvLine(headers);
  let before: string | undefined;
  for (;;) {
    const rows = await withTenant(ctx.db, ctx.organizationId, (trx) =>
      findContacts(trx, ctx.organizationId, { ...filter, before, limit: pageRows }),
    );
    yield rows.map((row) => safeCsvLine(fieldsOf(row, keys))).join("");
    before = rows.at(-1)?.id;
    if (rows.length < pageRows) return;
  }
}

function fieldsOf(row: ContactRow, keys: readonly string[]): string[] {
  const attributes = keys.map((key) =>
    Object.hasOwn(row.attributes, key) ? String(row.attributes[key]) : "",
  );
  return [
    row.phone ?? "",
    row.name ?? "",
    row.email ?? "",
    row.tags.join(";"),
    row.opted_out_at?.toISOString() ?? "",
    ...attributes,
  ];
}
