import type { Database } from "@loudhailer/db/database.ts";
import type { Kysely } from "kysely";
import { pauseSending, sendingBroadcasts } from "./pause-sending.ts";
import { readsTheSame } from "./reads-the-same.ts";

/**
 * Pauses the sending broadcasts whose recipients would no longer read what the templates say now.
 * Call it once for all templates, in the transaction that updated their rows: a broadcast that
 * starts or resumes meanwhile waits for these rows and then sees the edit. Returns the number of
 * broadcasts paused.
 */
export async function pauseForEdit(
  db: Kysely<Database>,
  organizationId: string,
  templateIds: readonly string[],
): Promise<number> {
  if (templateIds.length === 0) return 0;
  const broadcasts = await db
    .selectFrom("whatsapp_broadcasts as b")
    .innerJoin("whatsapp_templates as t", "t.id", "b.template_id")
    .where("b.organization_id", "=", organizationId)
    .where("b.template_id", "in", templateIds)
    .where("b.status", "=", "sending")
    .select(["b.id", "b.template_snapshot", "t.components"])
    .execute();
  const edited = broadcasts
    .filter(
      ({ template_snapshot: snapshot, components }) =>
        snapshot !== null && !readsTheSame(snapshot.components, components),
    )
    .map(({ id }) => id);
  if (edited.length === 0) return 0;
  const affected = sendingBroadcasts(db, organizationId).where("id", "in", edited);
  return pauseSending(db, affected, "template_edited");
}
