import { randomUUID } from "node:crypto";
import {
  importOptions,
  type ImportedContact,
  type ImportOptions,
} from "@loudhailer/contracts/contact-imports.ts";
import { classifyDatabaseFailure } from "@loudhailer/db/database-failure.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import type { Log } from "@loudhailer/runtime/log.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import { phoneCountry } from "../contacts/normalize-phone.ts";
import { DomainError } from "../domain-error.ts";
import { fieldsOf, invalidFields } from "../invalid-field.ts";
import type { TenantContext } from "../tenant-context.ts";
import { checkFile } from "./check-file.ts";
import { importBatch, type RowBatch } from "./import-batch.ts";
import { readBatches, type ReadingOptions } from "./read-batches.ts";
import { interrupted, stoppedUnexpectedly, undoInterruptedImport } from "./undo-import.ts";

export interface ImportContactsInput extends ImportOptions {
  /** Opens the CSV file's bytes, from the start each time. */
  open(): AsyncIterable<Uint8Array>;
  fileName: string;
  /** Gets the unexpected errors that stop the import. */
  log: Log;
}

export interface StartedImport {
  id: string;
  /**
   * Imports the rows and never throws. A failure is stored in the import's row, and all changes are
   * undone; if `signal` aborts, by resumeContactImports later.
   */
  run(signal?: AbortSignal): Promise<void>;
}

/**
 * Checks the whole file and creates an import whose `run` imports the rows with constant memory.
 * The last row of a phone number wins, and its empty fields keep the existing values. Tags and
 * attributes are added, and an opt-out is never removed. A bad row is stored with its line number
 * and the reason, and the import continues.
 *
 * Stores nothing if it throws, and passes on errors of `open`.
 * @throws DomainError `invalid_input` if the options aren't valid or the file can't be a contact
 *   list (not UTF-8 text, no phone column, no rows)
 */
export async function startContactImport(
  ctx: TenantContext,
  input: ImportContactsInput,
): Promise<StartedImport> {
  const options = readOptions(input);
  const { headers } = await checkFile(input.open(), options.mapping);
  const id = randomUUID();
  await withTenant(ctx.db, ctx.organizationId, async (trx) => {
    await trx
      .insertInto("contact_imports")
      .values({
        id,
        organization_id: ctx.organizationId,
        file_name: input.fileName.replaceAll("\0", "").slice(0, 255),
        headers,
        mapping: options.mapping === undefined ? null : JSON.stringify(options.mapping),
        tags: [...options.tags],
        default_country: options.defaultCountry ?? null,
        created_by: ctx.actor.userId,
      })
      .execute();
    await recordAudit(trx, ctx, { action: "contact_import.started", targetId: id });
  });
  return { id, run: (signal) => run(ctx, id, input, options, signal) };
}

/**
 * Creates an import and runs it to its end.
 * @throws DomainError `invalid_input` as `startContactImport` does
 */
export async function importContacts(
  ctx: TenantContext,
  input: ImportContactsInput,
): Promise<{ id: string }> {
  const { id, run: finish } = await startContactImport(ctx, input);
  await finish();
  return { id };
}

function readOptions(input: ImportOptions): ReadingOptions {
  const { mapping, tags = [], defaultCountry } = parseOptions(input);
  const country = defaultCountry === undefined ? undefined : phoneCountry(defaultCountry);
  if (defaultCountry !== undefined && country === undefined) {
    const message = `"${defaultCountry}" is not a country; use its two letters, such as DE`;
    throw invalidFields("", [{ path: "defaultCountry", message }]);
  }
  return { mapping, tags: [...new Set(tags)], defaultCountry: country };
}

function parseOptions(input: ImportOptions): ImportOptions {
  const parsed = importOptions.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalidFields("", fieldsOf(parsed.error));
}

async function run(
  ctx: TenantContext,
  importId: string,
  { open, log }: ImportContactsInput,
  options: ReadingOptions,
  signal?: AbortSignal,
): Promise<void> {
  // A phone number is always in the same lane and a lane writes in order, so its last row wins.
  const lanes = Array.from({ length: lanesMax }, () => Promise.resolve());
  try {
    for await (const batch of readBatches(open(), options)) {
      signal?.throwIfAborted();
      const before = [...lanes];
      for (const [lane, part] of partsOf(batch).entries()) {
        lanes[lane] = (before[lane] ?? Promise.resolve()).then(() =>
          importBatch(ctx, importId, part),
        );
        // A failure is thrown when awaited; until then it must not count as an unhandled rejection.
        lanes[lane].catch(() => undefined);
      }
      // The next batch is read while PostgreSQL stores this one.
      await Promise.all(before);
    }
    await Promise.all(lanes);
    await complete(ctx, importId);
    await settle(ctx);
  } catch (error) {
    await Promise.allSettled(lanes);
    // The process is ending, and undoing could take longer than it has.
    if (signal?.aborted) return;
    const isExpected =
      error instanceof DomainError || classifyDatabaseFailure(error).kind === "away";
    if (!isExpected) log.error({ err: error, contactImportId: importId }, "an import failed");
    const reason = isExpected ? interrupted : stoppedUnexpectedly;
    // If this fails too, resumeContactImports does it later.
    await undoInterruptedImport(ctx, importId, reason).catch(() => undefined);
  }
}

/**
 * Number of lanes written at the same time, each on its own connection: PostgreSQL takes four times
 * as long to store a row as reading it takes.
 */
const lanesMax = 2;

function partsOf(batch: RowBatch): RowBatch[] {
  const parts = Array.from({ length: lanesMax }, () => new Map<string, ImportedContact>());
  for (const [phone, contact] of batch.contacts) {
    parts[Number(phone.at(-1)) % lanesMax]?.set(phone, contact);
  }
  return parts.map((contacts, lane) =>
    lane === 0 ? { ...batch, contacts } : { contacts, repeated: 0, rejected: [] },
  );
}

async function complete(ctx: TenantContext, importId: string): Promise<void> {
  await withTenant(ctx.db, ctx.organizationId, (trx) =>
    trx
      .updateTable("contact_imports")
      .set({ status: "completed", completed_at: sql`now()`, active_at: sql`now()` })
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", importId)
      .where("status", "=", "processing")
      .execute(),
  );
}

/**
 * Merges the new contacts into the search indexes; until then searches scan them one by one. If
 * this fails, autovacuum does it later.
 */
async function settle(ctx: TenantContext): Promise<void> {
  await withTenant(ctx.db, ctx.organizationId, (trx) =>
    sql`select settle_contacts()`.execute(trx),
  ).catch(() => undefined);
}
