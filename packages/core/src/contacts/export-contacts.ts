import type { ExportContactsInput } from "@loudhailer/contracts/contacts.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { byteOrderMark, safeCsvLine } from "../csv/csv-line.ts";
import type { TenantContext } from "../tenant-context.ts";
import { findContacts } from "./list-contacts.ts";
import { listLabels } from "./list-tags.ts";
import type { ContactRow } from "./to-contact.ts";

const pageRows = 2_000;
/** As many columns as an import takes. */
const attributesMax = 400;

/**
 * Contacts as CSV text that an import reads, newest first, page by page: memory doesn't grow with
 * them, and nothing is held between two pages. Who is added meanwhile is left out.
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
