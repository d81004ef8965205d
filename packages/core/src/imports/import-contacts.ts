import { randomUUID } from "node:crypto";
import { importOptions, type ImportOptions } from "@loudhailer/contracts/contact-imports.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import { phoneCountry } from "../contacts/normalize-phone.ts";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";
import { checkFile } from "./check-file.ts";
import { importBatch, type RowBatch } from "./import-batch.ts";
import { readBatches, type ReadingOptions } from "./read-batches.ts";
import type { ImportedContact } from "./read-contact.ts";
import { undoImport } from "./undo-import.ts";

export interface ImportContactsInput extends ImportOptions {
  /** The CSV's bytes, from the start each time. */
  open(): AsyncIterable<Uint8Array>;
  fileName: string;
}

export interface StartedImport {
  id: string;
  /** Imports the rows. Doesn't throw: what stops it is in the import's row, and nothing of it stays. */
  run(signal?: AbortSignal): Promise<void>;
}

/**
 * Looks through the whole file and opens an import of it, whose `run` brings the rows into contacts
 * in memory that does not grow with it: the last row of a phone wins, what it leaves empty stays as
 * it was, tags and attributes are added, an opt-out is never lifted. A bad row is kept with its line
 * number and the reason, and stops nothing.
 *
 * Throws `invalid_input` for a file that cannot be a contact list (not UTF-8 text, no phone
 * column, no rows), and whatever `open` throws; then nothing of it is kept.
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
    await recordAudit(trx, ctx, {
      action: "contact_import.started",
      targetType: "contact_import",
      targetId: id,
    });
  });
  return { id, run: (signal) => run(ctx, id, input.open, options, signal) };
}

/** Opens an import and sees it through. */
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
    throw new DomainError("invalid_input", `defaultCountry: ${message}`, {
      fields: [{ path: "defaultCountry", message }],
    });
  }
  return { mapping, tags: [...new Set(tags)], defaultCountry: country };
}

function parseOptions(input: ImportOptions): ImportOptions {
  const parsed = importOptions.safeParse(input);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => ({
    path: issue.path.join("."),
    message: issue.message,
  }));
  const sentences = fields.map(({ path, message }) => `${path}: ${message}`);
  throw new DomainError("invalid_input", sentences.join("; "), { fields });
}

async function run(
  ctx: TenantContext,
  importId: string,
  open: ImportContactsInput["open"],
  options: ReadingOptions,
  signal?: AbortSignal,
): Promise<void> {
  // A phone is always in the same lane, whose rows are written in order: the last row of a phone wins.
  const lanes = Array.from({ length: lanesMax }, () => Promise.resolve());
  try {
    for await (const batch of readBatches(open(), options)) {
      signal?.throwIfAborted();
      const before = [...lanes];
      for (const [lane, part] of partsOf(batch).entries()) {
        lanes[lane] = (before[lane] ?? Promise.resolve()).then(() =>
          importBatch(ctx, importId, part),
        );
        // A failure is thrown where it is awaited; until then it must not count as unhandled.
        lanes[lane].catch(() => undefined);
      }
      // The next batch is read while PostgreSQL stores this one.
      await Promise.all(before);
    }
    await Promise.all(lanes);
    await complete(ctx, importId);
    await settle(ctx);
  } catch {
    await Promise.allSettled(lanes);
    // The process ends: undoing could take longer than it may.
    if (signal?.aborted) return;
    // Where even this fails, resumeContactImports does it later.
    await undoImport(ctx, importId, {
      failureReason:
        "The import was interrupted; what it had changed was undone. Upload the file again.",
    }).catch(() => undefined);
  }
}

/** Written at once, on a connection each: PostgreSQL takes four times as long for a row as its reading. */
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

/** Until then searches look through what is new one by one. Where it fails, autovacuum does it later. */
async function settle(ctx: TenantContext): Promise<void> {
  await withTenant(ctx.db, ctx.organizationId, (trx) =>
    sql`select settle_contacts()`.execute(trx),
  ).catch(() => undefined);
}
