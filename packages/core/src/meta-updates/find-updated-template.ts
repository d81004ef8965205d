import type { Database } from "@loudhailer/db/database.ts";
import type { TemplateUpdate } from "@loudhailer/whatsapp/template-update.ts";
import { sql, type Transaction } from "kysely";
import type { TemplateRow } from "../templates/template-view.ts";

/**
 * The template that a webhook is about, locked: by Meta's id, else by name and language, however
 * the language is written. Undefined where the organization has none such.
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
  // Of a name that was deleted and made anew, the end of the old one says nothing of the new one.
  const isEnd = news.kind === "status" && /^(PENDING_DELETION|DELETED)$/.test(news.event);
  return row && isEnd && !mayBeId(row.meta_template_id, metaTemplateId) ? undefined : row;
}

function languageKey(language: string): string {
  return language.replaceAll("-", "_").toLowerCase();
}

/** JSON's numbers lose an id's last digits past 2^53. */
function mayBeId(stored: string, told: string | null): boolean {
  return told === null || Number(stored) === Number(told);
}
