import type { Database, WhatsappProvidersTable } from "@loudhailer/db/database.ts";
import { sql, type Transaction, type Updateable } from "kysely";
import type { ProviderRow } from "../providers/provider-view.ts";
import { latestNumbers } from "./lock-numbers.ts";

/**
 * Sets the columns of locked numbers to which no later update has been applied under the same field.
 * Returns false if there is no such number.
 */
export async function setIfLatest(
  trx: Transaction<Database>,
  numbers: readonly ProviderRow[],
  field: string,
  columns: Updateable<WhatsappProvidersTable>,
  happenedAt: Date | null,
): Promise<boolean> {
  const latest = await latestNumbers(trx, numbers, field, happenedAt);
  await updateNumbers(trx, latest, columns);
  return latest.length > 0;
}

/** Sets the columns of numbers that this transaction has locked. */
export async function updateNumbers(
  trx: Transaction<Database>,
  numbers: readonly ProviderRow[],
  columns: Updateable<WhatsappProvidersTable>,
): Promise<void> {
  if (numbers.length === 0) return;
  const ids = numbers.map(({ id }) => id);
  await trx
    .updateTable("whatsapp_providers")
    .set({ ...columns, updated_at: sql`now()` })
    .where("id", "in", ids)
    .execute();
}
