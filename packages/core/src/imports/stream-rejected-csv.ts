import { withTenant } from "@loudhailer/db/tenant.ts";
import { byteOrderMark, csvLine } from "../csv/csv-line.ts";
import type { TenantContext } from "../tenant-context.ts";
import { fetchContactImport } from "./get-contact-import.ts";
import { describeRejection } from "./rejection-reasons.ts";

const pageRows = 1_000;

/**
 * Returns the rejected rows of an import as CSV text: `line`, `reason`, then the file's own columns
 * unchanged. Starts with a byte order mark, without which Excel reads UTF-8 as Latin-1.
 * @throws DomainError `not_found` if the organization has no such import, before any text
 */
export async function streamRejectedCsv(
  ctx: TenantContext,
  id: string,
): Promise<AsyncIterable<string>> {
  const { headers } = await withTenant(ctx.db, ctx.organizationId, (trx) =>
    fetchContactImport(trx, ctx.organizationId, id),
  );
  return readPages(ctx, id, headers);
}

async function* readPages(
  ctx: TenantContext,
  id: string,
  headers: string[],
): AsyncGenerator<string> {
  yield byteOrderMark + csvLine(["line", "reason", ...headers]);
  let lastLine = 0;
  for (;;) {
    const rows = await withTenant(ctx.db, ctx.organizationId, (trx) =>
      trx
        .selectFrom("contact_import_rejected_rows")
        .select(["line_number", "reason", "fields"])
        .where("organization_id", "=", ctx.organizationId)
        .where("import_id", "=", id)
        .where("line_number", ">", lastLine)
        .orderBy("line_number")
        .limit(pageRows)
        .execute(),
    );
    yield rows
      .map(({ line_number, reason, fields }) => {
        const words = describeRejection(reason, { fields, columns: headers.length });
        return csvLine([String(line_number), words, ...fields]);
      })
      .join("");
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageRows) return;
    lastLine = last.line_number;
  }
}
