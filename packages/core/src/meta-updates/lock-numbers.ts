import type { Database } from "@loudhailer/db/database.ts";
import type { Transaction } from "kysely";
import type { ProviderRow } from "../providers/provider-view.ts";
import { claimLatest } from "./claim-latest.ts";

/**
 * The organization's numbers that stand under the account, or in a business portfolio with one of
 * them, locked in the order of their ids, as everyone locks them.
 */
export function lockNumbers(
  trx: Transaction<Database>,
  { organizationId, wabaId }: { organizationId: string; wabaId: string },
): Promise<ProviderRow[]> {
  return trx
    .selectFrom("whatsapp_providers")
    .where("organization_id", "=", organizationId)
    .where((eb) =>
      eb.or([
        eb("waba_id", "=", wabaId),
        eb("portfolio_id", "in", (query) =>
          query
            .selectFrom("whatsapp_providers")
            .where("organization_id", "=", organizationId)
            .where("waba_id", "=", wabaId)
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

/** Those of the locked numbers of which nothing later has been applied under the same field. */
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
