import type { Database, WhatsappProvidersTable } from "@loudhailer/db/database.ts";
import { sql, type Transaction, type Updateable } from "kysely";
import type { ProviderRow } from "../providers/provider-view.ts";

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
