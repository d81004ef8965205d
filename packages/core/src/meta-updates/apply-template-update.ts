import type { Database } from "@loudhailer/db/database.ts";
import { readTemplateUpdate, type TemplateNews } from "@loudhailer/whatsapp/template-update.ts";
import { sql, type Transaction, type UpdateObject } from "kysely";
import { pauseForEdit } from "../pauses/pause-for-edit.ts";
import { pauseSending, sendingBroadcasts } from "../pauses/pause-sending.ts";
import type { TemplateRow } from "../templates/template-view.ts";
import { appliedIf, notApplied, type ApplyOutcome } from "./apply-outcome.ts";
import { claimLatest } from "./claim-latest.ts";
import { findUpdatedTemplate } from "./find-updated-template.ts";
import { mergeComponents } from "./merge-components.ts";
import type { ProviderUpdate } from "./provider-update.ts";
import { meaningOfStatus } from "./template-status-meaning.ts";

/**
 * Stores Meta's updates of a template's status, quality, category and components. Pauses the
 * sending broadcasts of a template that can't be sent anymore or reads differently now.
 */
export async function applyTemplateUpdate(
  trx: Transaction<Database>,
  update: ProviderUpdate,
): Promise<ApplyOutcome> {
  const read = readTemplateUpdate(update.field, update.value);
  if (!read) return notApplied("unreadable_update");
  const template = await findUpdatedTemplate(trx, update, read);
  if (!template) return notApplied("unknown_template");
  const { news } = read;
  switch (news.kind) {
    case "status":
      return applyStatus(trx, template, news, update);
    case "quality": {
      const columns = { quality_score: news.score };
      return appliedIf(await setIfLatest(trx, template, "quality", columns, update));
    }
    case "category":
    case "announcement":
      return appliedIf(await setIfLatest(trx, template, "category", categoryColumns(news), update));
    case "components": {
      const components = JSON.stringify(mergeComponents(template.components, news));
      const isLatest = await setIfLatest(trx, template, "components", { components }, update);
      if (isLatest) await pauseForEdit(trx, update.organizationId, [template.id]);
      return appliedIf(isLatest);
    }
    default:
      return news satisfies never;
  }
}

async function applyStatus(
  trx: Transaction<Database>,
  template: TemplateRow,
  news: TemplateNews & { kind: "status" },
  update: ProviderUpdate,
): Promise<ApplyOutcome> {
  const meaning = meaningOfStatus(news);
  if ("trace" in meaning) return notApplied(meaning.trace);
  const { pauseReason, columns } = meaning;
  const isLatest = await setIfLatest(trx, template, "status", columns, update);
  if (isLatest && pauseReason !== null) {
    const { organizationId } = update;
    const affected = sendingBroadcasts(trx, organizationId).where("template_id", "=", template.id);
    await pauseSending(trx, affected, pauseReason);
  }
  return appliedIf(isLatest);
}

function categoryColumns(
  news: TemplateNews & { kind: "category" | "announcement" },
): UpdateObject<Database, "whatsapp_templates"> {
  if (news.kind === "announcement") {
    return { announced_category: news.category, category_changes_at: news.changesAt };
  }
  return { category: news.category, announced_category: null, category_changes_at: null };
}

async function setIfLatest(
  trx: Transaction<Database>,
  template: TemplateRow,
  field: string,
  columns: UpdateObject<Database, "whatsapp_templates">,
  { organizationId, happenedAt }: ProviderUpdate,
): Promise<boolean> {
  const subjects = [`template ${template.id}`];
  const latest = await claimLatest(trx, { organizationId, subjects, field, happenedAt });
  if (latest.size === 0) return false;
  await trx
    .updateTable("whatsapp_templates")
    .set({ ...columns, updated_at: sql`now()` })
    .where("organization_id", "=", organizationId)
    .where("id", "=", template.id)
    .execute();
  return true;
}
