import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";
import { mergeContactImport } from "./merge-contact-import.ts";

/**
 * Takes up what a crash has left: merges the imports that are uploaded, and fails the uploads
 * that are older than `uploadMinutesMax` (their process is gone, or the client has stalled; such
 * an upload, should it go on, ends in `conflict`). Safe to run at any time from any number of
 * processes. `db` must be on the role loudhailer_engine.
 */
export async function resumeContactImports(
  db: Kysely<Database>,
  { uploadMinutesMax = 60 }: { uploadMinutesMax?: number } = {},
): Promise<{ merged: number; failed: number }> {
  const failed = await failStaleUploads(db, uploadMinutesMax);
  const waiting = await db
    .selectFrom("contact_imports")
    .select("id")
    .where("status", "=", "merging")
    .orderBy("created_at")
    .execute();
  let merged = 0;
  for (const { id } of waiting) {
    if (await mergeContactImport(db, id)) merged += 1;
  }
  return { merged, failed };
}

async function failStaleUploads(db: Kysely<Database>, minutes: number): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const stale = await trx
      .updateTable("contact_imports")
      .set({
        status: "failed",
        failure_reason:
          "The upload was interrupted; no contact was changed. Upload the file again.",
        completed_at: sql<Date>`now()`,
      })
      .where("status", "=", "uploading")
      .where("created_at", "<", sql<Date>`now() - make_interval(mins => ${minutes}::integer)`)
      .returning("id")
      .execute();
    if (stale.length === 0) return 0;
    await trx
      .deleteFrom("contact_import_rows")
      .where(
        "import_id",
        "in",
        stale.map((row) => row.id),
      )
      .execute();
    return stale.length;
  });
}
