import type { Database } from "@loudhailer/db/database.ts";
import { asTenant } from "@loudhailer/db/tenant.ts";
import { sql, type Kysely } from "kysely";
import { interrupted, undoSlice } from "./undo-import.ts";

/**
 * Undoes imports that a crash interrupted, recognized by `inactiveMinutesMax` minutes without
 * progress, and marks them failed. If the process of such an import continues, its next batch ends
 * in `conflict`. Also carries out requested undos. Safe to run at any time from any number of
 * processes. `db` must have the role loudhailer_engine.
 */
export async function resumeContactImports(
  db: Kysely<Database>,
  { inactiveMinutesMax = 3 }: { inactiveMinutesMax?: number } = {},
): Promise<void> {
  await db
    .updateTable("contact_imports")
    .set({ status: "undoing", failure_reason: interrupted })
    .where("status", "=", "processing")
    .where(
      "active_at",
      "<",
      sql<Date>`now() - make_interval(mins => ${inactiveMinutesMax}::integer)`,
    )
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
