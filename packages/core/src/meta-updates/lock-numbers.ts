import type { Database } from "@loudhailer/db/database.ts";
import type { Transaction } from "kysely";
import type { ProviderRow } from "../providers/provider-view.ts";
import { claimLatest } from "./claim-latest.ts";

/**
 * Locks and returns the organization's numbers that belong to the account, or share a business
 * portfolio with one that does. Locks them in the order of their ids, as all other code does.
 */
export function lockNumbers(
  trx: Transaction<Database>,
  { organizationId, wabaId }: { organizationId: string; wabaId: string },
): Promise<ProviderRow[]> {
  return trx
    .selectFrom("whatsapp_providers")
    .where("organization_id", "=", organizationId)
    .where("moved_at", "is", null)
    .where((eb) =>
      eb.or([
        eb("waba_id", "=", wabaId),
        eb("portfolio_id", "in", (query) =>
          query
            .selectFrom("whatsapp_providers")
            .where("organization_id", "=", organizationId)
            .where("waba_id", "=", wabaId)
            .where("moved_at", "is", null)
            .where("portfolio_id", "is not", null)
            .select("portfolio_id"),
        ),
      ]),
    )
    .selectAll()
    .orderBy("id")
    .forNoKeyUpdate()
    .execute();
}

/** Returns the locked numbers to which no later update has been applied under the same field. */
export async function latestNumbers(
  trx: Transaction<Database>,
  numbers: readonly ProviderRow[],
  field: string,
  happenedAt: Date | null,
): Promise<ProviderRow[]> {
  const [first] = numbers;
  if (!first) return [];
  const claimed = await claimLatest(trx, {
    organizationId: first.organization_id,
    subjects: numbers.map(subjectOf),
    field,
    happenedAt,
  });
  return numbers.filter((number) => claimed.has(subjectOf(number)));
}

function subjectOf({ id }: ProviderRow): string {
  return `number ${id}`;
}
