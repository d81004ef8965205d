import type { Database } from "@loudhailer/db/database.ts";
import { asTenant } from "@loudhailer/db/tenant.ts";
import { sql, type Kysely } from "kysely";
import { undoSlice } from "./undo-import.ts";

/**
 * Takes up what a crash has left: imports whose process has been still for `stillMinutesMax` have
 * failed, and are undone; such an import, should it go on, ends in `conflict`. Carries out undos
 * that were asked for. Safe to run at any time from any number of processes. `db` must be on the
 * role loudhailer_engine.
 */
export async function resumeContactImports(
  db: Kysely<Database>,
  { stillMinutesMax = 3 }: { stillMinutesMax?: number } = {},
): Promise<void> {
  await db
    .updateTable("contact_imports")
    .set({
      status: "undoing",
      failure_reason:
        "The import was interrupted; what it had changed was undone. Upload the file again.",
    })
    .where("status", "=", "processing")
    .where("active_at", "<", sql<Date>`now() - make_interval(mins => ${stillMinutesMax}::integer)`)
    .execute();
  const undoing = await db
    .selectFrom("contact_imports")
    .select(["id", "organization_id"])
    .where("status", "=", "undoing")
    .orderBy("active_at")
    .execute();
  for (const { id, organization_id: organizationId } of undoing) {
    while (await db.transaction().execute((trx) => undoSlice(asTenant(trx), organizationId, id)));
  }
}
