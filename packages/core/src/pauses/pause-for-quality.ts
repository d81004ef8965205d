import type { Database } from "@loudhailer/db/database.ts";
import type { Kysely } from "kysely";
import { pauseSending, sendingBroadcasts } from "./pause-sending.ts";

/**
 * Pauses the marketing broadcasts of a number whose quality Meta has come to rate RED: more of what
 * people block makes it worse. Nothing where the organization doesn't want it. Call it in the
 * transaction that has updated the number's row. Answers how many it paused.
 */
export async function pauseForQuality(
  db: Kysely<Database>,
  { organizationId, providerId }: { organizationId: string; providerId: string },
): Promise<number> {
  const settings = await db
    .selectFrom("organization_settings")
    .where("organization_id", "=", organizationId)
    .select("pause_marketing_on_red_quality")
    .executeTakeFirst();
  if (settings?.pause_marketing_on_red_quality === false) return 0;
  const marketing = sendingBroadcasts(db, organizationId)
    .where("provider_id", "=", providerId)
    .where("template_id", "in", (query) =>
      query
        .selectFrom("whatsapp_templates")
        .where("organization_id", "=", organizationId)
        .where("category", "=", "MARKETING")
        .select("id"),
    );
  return pauseSending(db, marketing, "quality_red");
}
