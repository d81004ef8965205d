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

/** Returns whether `applyUpdate` handles the webhook field. */
export function isUpdateField(field: string): boolean {
  return verbs.has(field);
}

/**
 * Applies what Meta reports to the organization's templates and numbers, and pauses sending that
 * Meta no longer allows, in one transaction. Safe to repeat and in any order: an update older than
 * the last applied one changes nothing. `db` must be on the role loudhailer_engine; no other
 * organization's rows are touched.
 * @throws Error only from the database
 */
export async function applyUpdate(
  db: Kysely<Database>,
  update: ProviderUpdate,
): Promise<ApplyOutcome> {
  const apply = verbs.get(update.field);
  if (!apply) return notApplied("unhandled_field");
  return db.transaction().execute((trx) => apply(trx, update));
}
