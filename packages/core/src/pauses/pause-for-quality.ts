import type { Database } from "@loudhailer/db/database.ts";
import type { Kysely } from "kysely";
import { pauseSending, sendingBroadcasts } from "./pause-sending.ts";

/**
 * Pauses the sending marketing broadcasts of a number whose quality Meta now rates RED, because
 * more messages that people block make the rating worse. Does nothing if the organization has
 * turned this pause off. Call it in the transaction that updated the number's row. Returns the
 * number of broadcasts paused.
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
