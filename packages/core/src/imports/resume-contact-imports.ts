import type { Database } from "@loudhailer/db/database.ts";
import { asTenant } from "@loudhailer/db/tenant.ts";
import type { Log } from "@loudhailer/runtime/log.ts";
import { sql, type Kysely } from "kysely";
import { isolateFaults } from "../isolate-faults.ts";
import { interrupted, undoSlice } from "./undo-import.ts";

/** Failure reason of an import whose undo an unexpected error stopped. */
const undoStopped =
  "An unexpected error stopped the undo of this import, so a part of what it changed is still there. The log of the service has the details.";

interface Deps {
  /** Connection with the role loudhailer_engine. */
  db: Kysely<Database>;
  log: Log;
}

/**
 * Undoes imports that a crash interrupted, recognized by `inactiveMinutesMax` minutes without
 * progress, and marks them failed. If the process of such an import continues, its next batch ends
 * in `conflict`. Also carries out requested undos. An undo that can't continue ends as failed with the
 * reason, and the others continue. Safe to run at any time from any number of processes.
 * @throws Error of the first import that must be tried again, once the others are done
 */
export async function resumeContactImports(
  deps: Deps,
  { inactiveMinutesMax = 3 }: { inactiveMinutesMax?: number } = {},
): Promise<void> {
  const { db } = deps;
  const isInterrupted = sql<boolean>`(status = 'processing'
    and active_at < now() - make_interval(mins => ${inactiveMinutesMax}::integer))`;
  const unfinished = await db
    .selectFrom("contact_imports")
    .select(["id", "organization_id"])
    .where((eb) => eb.or([eb("status", "=", "undoing"), isInterrupted]))
    .orderBy("active_at")
    .execute();
  const faults = isolateFaults("contact import");
  for (const { id, organization_id: organizationId } of unfinished) {
    const work = async () => {
      await db
        .updateTable("contact_imports")
        .set({ status: "undoing", failure_reason: interrupted })
        .where("id", "=", id)
        .where(isInterrupted)
        .execute();
      while (await db.transaction().execute((trx) => undoSlice(asTenant(trx), organizationId, id)));
    };
    await faults.run(id, work, (error) => failUndo(deps, id, error));
  }
  faults.throwFirst();
}

async function failUndo({ db, log }: Deps, importId: string, error: unknown): Promise<void> {
  await db
    .updateTable("contact_imports")
    .set({
      status: "failed",
      failure_reason: undoStopped,
      completed_at: sql<Date>`coalesce(completed_at, now())`,
    })
    .where("id", "=", importId)
    .where("status", "=", "undoing")
    .execute();
  log.error({ err: error, contactImportId: importId }, "an import can't be undone");
}
