import type { Database } from "@loudhailer/db/database.ts";
import type { Kysely, Transaction } from "kysely";
import { applyAccountUpdate } from "./apply-account-update.ts";
import { applyNumberUpdate } from "./apply-number-update.ts";
import { notApplied, type ApplyOutcome } from "./apply-outcome.ts";
import { applyTemplateUpdate } from "./apply-template-update.ts";
import type { ProviderUpdate } from "./provider-update.ts";

type Apply = (trx: Transaction<Database>, update: ProviderUpdate) => Promise<ApplyOutcome>;

const verbs: ReadonlyMap<string, Apply> = new Map([
  ["message_template_status_update", applyTemplateUpdate],
  ["message_template_quality_update", applyTemplateUpdate],
  ["template_category_update", applyTemplateUpdate],
  ["message_template_components_update", applyTemplateUpdate],
  ["phone_number_quality_update", applyNumberUpdate],
  ["phone_number_name_update", applyNumberUpdate],
  ["account_update", applyAccountUpdate],
  ["account_review_update", applyAccountUpdate],
  ["account_alerts", applyAccountUpdate],
  ["business_capability_update", applyAccountUpdate],
]);

/** Whether the webhook field is one that `applyUpdate` knows. */
export function isUpdateField(field: string): boolean {
  return verbs.has(field);
}

/**
 * Brings the organization's templates and numbers to what Meta says of them, and pauses what may
 * not be sent any more; in one transaction, all or nothing. Safe to repeat and in any order: what
 * is older than what was applied changes nothing. `db` is on the role loudhailer_engine; no other
 * organization's row is touched. Throws only what the database throws.
 */
export async function applyUpdate(
  db: Kysely<Database>,
  update: ProviderUpdate,
): Promise<ApplyOutcome> {
  const apply = verbs.get(update.field);
  if (!apply) return notApplied("unhandled_field");
  return db.transaction().execute((trx) => apply(trx, update));
}
