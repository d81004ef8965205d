import type { Database } from "@loudhailer/db/database.ts";
import type { TemplateVariables } from "@loudhailer/whatsapp/template-variables.ts";
import type { Kysely } from "kysely";
import { mapMedia, mediaOfVariables } from "./media-of-variables.ts";

/** Returns the variables with Meta's current ids instead of the ids of stored files. */
export async function resolveMedia(
  db: Kysely<Database>,
  organizationId: string,
  variables: TemplateVariables,
): Promise<TemplateVariables> {
  const ids = mediaOfVariables(variables);
  if (ids.length === 0) return variables;
  const rows = await db
    .selectFrom("media")
    .select(["id", "meta_media_id"])
    .where("organization_id", "=", organizationId)
    .where("id", "in", ids)
    .execute();
  const metaIds = new Map(rows.map((row) => [row.id, row.meta_media_id]));
  return mapMedia(variables, (mediaId) => metaIds.get(mediaId) ?? mediaId);
}
