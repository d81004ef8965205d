import type { Database } from "@loudhailer/db/database.ts";
import type { TemplateUpdate } from "@loudhailer/whatsapp/template-update.ts";
import { sql, type Transaction } from "kysely";
import type { TemplateRow } from "../templates/template-view.ts";

/**
 * Finds and locks the template of a webhook by Meta's id, else by name and language in any
 * spelling. Returns undefined if the organization has no such template.
 */
export async function findUpdatedTemplate(
  trx: Transaction<Database>,
  { organizationId, wabaId }: { organizationId: string; wabaId: string },
  update: TemplateUpdate,
): Promise<TemplateRow | undefined> {
  const templates = trx
    .selectFrom("whatsapp_templates")
    .selectAll()
    .where("organization_id", "=", organizationId)
    .where("waba_id", "=", wabaId)
    .limit(1)
    .forNoKeyUpdate();
  const { metaTemplateId, name, language, news } = update;
  if (metaTemplateId !== null) {
    const row = await templates.where("meta_template_id", "=", metaTemplateId).executeTakeFirst();
    if (row) return row;
  }
  if (name === null || language === null) return undefined;
  const row = await templates
    .where("name", "=", name)
    .where(sql`lower(replace(language, '-', '_'))`, "=", languageKey(language))
    .executeTakeFirst();
  // If a name was deleted and created again, the deletion doesn't concern the new template.
  const isEnd = news.kind === "status" && /^(PENDING_DELETION|DELETED)$/.test(news.event);
  return row && isEnd && !mayBeSameId(row.meta_template_id, metaTemplateId) ? undefined : row;
}

function languageKey(language: string): string {
  return language.replaceAll("-", "_").toLowerCase();
}

/** Returns whether two ids may be the same; JSON numbers lose an id's last digits above 2^53. */
function mayBeSameId(stored: string, received: string | null): boolean {
  return received === null || Number(stored) === Number(received);
}
