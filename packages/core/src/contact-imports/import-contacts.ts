import { randomUUID } from "node:crypto";
import { importOptions, type ImportOptions } from "@loudhailer/contracts/contact-imports.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import type { CountryCode } from "libphonenumber-js/max";
import { phoneCountry } from "../contacts/normalize-phone.ts";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";
import type { CsvRecord } from "./csv-scanner.ts";
import { matchColumns, type ColumnTarget } from "./match-columns.ts";
import { readContact } from "./read-contact.ts";
import { readCsv } from "./read-csv.ts";
import { stageBatch, type RowBatch } from "./stage-batch.ts";

export interface ImportContactsInput extends ImportOptions {
  /** The CSV's bytes as they arrive. */
  file: AsyncIterable<Uint8Array>;
  fileName: string;
}

const batchRowsMax = 2_000;
const batchCharactersMax = 1_000_000;
const rejectedFieldLengthMax = 5_000;

interface Upload {
  importId: string;
  fileName: string;
  options: ImportOptions;
  defaultCountry: CountryCode | undefined;
}

/**
 * Reads a CSV of contacts as it arrives, in memory that does not grow with it, and keeps its
 * rows for `mergeContactImport`; resolves when the whole file is kept. A bad row is kept with
 * its line number and the reason, and stops nothing.
 *
 * Throws `invalid_input` for a file that cannot be a contact list (not UTF-8 text, no phone
 * column, no rows), and whatever `file` throws; then nothing of it is kept.
 */
export async function importContacts(
  ctx: TenantContext,
  input: ImportContactsInput,
): Promise<{ id: string }> {
  const upload = readUpload(input);
  let isCreated = false;
  let staging = Promise.resolve();
  try {
    for await (const { header, batch } of readBatches(input.file, upload)) {
      if (!isCreated) await createImport(ctx, upload, header);
      isCreated = true;
      // The next batch is read while PostgreSQL stores this one.
      await staging;
      staging = stageBatch(ctx, upload.importId, batch);
      // A failure is thrown where it is awaited; until then it must not count as unhandled.
      staging.catch(() => undefined);
    }
    await staging;
    if (!isCreated) {
      throw new DomainError("invalid_input", "The file has a header, but no rows of contacts.");
    }
    await finishUpload(ctx, upload.importId);
    return { id: upload.importId };
  } catch (error) {
    await staging.catch(() => undefined);
    // Where even this fails, resumeContactImports ends the import later; the first error tells more.
    if (isCreated) await discardImport(ctx, upload.importId).catch(() => undefined);
    throw error;
  }
}

function readUpload(input: ImportContactsInput): Upload {
  const parsed = importOptions.safeParse(input);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => ({
      path: issue.path.join("."),
      message: issue.message,
    }));
    throw new DomainError(
      "invalid_input",
      issues.map((issue) => `${issue.path}: ${issue.message}`).join("; "),
      { issues },
    );
  }
  const options = parsed.data;
  const defaultCountry =
    options.defaultCountry === undefined ? undefined : phoneCountry(options.defaultCountry);
  if (options.defaultCountry !== undefined && defaultCountry === undefined) {
    throw new DomainError(
      "invalid_input",
      `defaultCountry: "${options.defaultCountry}" is not a country; use its two letters, such as DE`,
    );
  }
  return {
    importId: randomUUID(),
    fileName: input.fileName.replaceAll("\0", "").slice(0, 255),
    options,
    defaultCountry,
  };
}

async function* readBatches(
  file: AsyncIterable<Uint8Array>,
  upload: Upload,
): AsyncGenerator<{ header: CsvRecord; batch: RowBatch }> {
  let header: CsvRecord | undefined;
  let targets: ColumnTarget[] = [];
  let batch: RowBatch = { staged: [], rejected: [] };
  let characters = 0;
  for await (const records of readCsv(file)) {
    for (const record of records) {
      if (header === undefined) {
        header = record;
        targets = readHeader(record, upload.options);
        continue;
      }
      characters += addRow(batch, record, targets, upload.defaultCountry);
      const rows = batch.staged.length + batch.rejected.length;
      if (rows < batchRowsMax && characters < batchCharactersMax) continue;
      yield { header, batch };
      batch = { staged: [], rejected: [] };
      characters = 0;
    }
  }
  if (header === undefined) throw new DomainError("invalid_input", "The file is empty.");
  if (batch.staged.length + batch.rejected.length > 0) yield { header, batch };
}

function readHeader(header: CsvRecord, options: ImportOptions): ColumnTarget[] {
  if (header.fault !== undefined) {
    throw new DomainError(
      "invalid_input",
      `The file's first line cannot be read: ${header.fault}.`,
    );
  }
  return matchColumns(header.fields, options.mapping);
}

/** Answers how many characters the batch has grown by. */
function addRow(
  batch: RowBatch,
  record: CsvRecord,
  targets: ColumnTarget[],
  defaultCountry: CountryCode | undefined,
): number {
  const { lineNumber } = record;
  const contact = readContact(record, targets, defaultCountry);
  if ("reason" in contact) {
    const fields = record.fields.map((field) => field.slice(0, rejectedFieldLengthMax));
    batch.rejected.push({ lineNumber, reason: contact.reason, fields });
  } else {
    batch.staged.push({ lineNumber, ...contact });
  }
  return record.fields.reduce((sum, field) => sum + field.length, 0);
}

async function createImport(ctx: TenantContext, upload: Upload, header: CsvRecord): Promise<void> {
  const { importId, fileName, options, defaultCountry } = upload;
  await withTenant(ctx.db, ctx.organizationId, (trx) =>
    trx
      .insertInto("contact_imports")
      .values({
        id: importId,
        organization_id: ctx.organizationId,
        file_name: fileName,
        headers: header.fields,
        mapping: options.mapping === undefined ? null : JSON.stringify(options.mapping),
        tags: [...new Set(options.tags)],
        default_country: defaultCountry ?? null,
        created_by: ctx.actor.userId,
      })
      .execute(),
  );
}

async function finishUpload(ctx: TenantContext, importId: string): Promise<void> {
  await withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const finished = await trx
      .updateTable("contact_imports")
      .set({ status: "merging" })
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", importId)
      .where("status", "=", "uploading")
      .executeTakeFirst();
    if (finished.numUpdatedRows === 0n) {
      throw new DomainError("conflict", "The upload took too long and was ended; start it again.");
    }
  });
}

/** Its rows go with it, by the foreign keys. */
async function discardImport(ctx: TenantContext, importId: string): Promise<void> {
  await withTenant(ctx.db, ctx.organizationId, (trx) =>
    trx
      .deleteFrom("contact_imports")
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", importId)
      .execute(),
  );
}
