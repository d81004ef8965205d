import type { Database } from "@loudhailer/db/database.ts";
import type { Transaction } from "kysely";
import { peopleInLimit } from "../providers/messaging-limit.ts";
import type { ProviderRow } from "../providers/provider-view.ts";
import { latestNumbers } from "./lock-numbers.ts";
import { updateNumbers } from "./update-numbers.ts";

/**
 * Stores the messaging limit of a business portfolio, in Meta's words such as `TIER_250`, with all
 * of its locked numbers: reserve-people.ts uses the highest of them. If the limit rises, sending no
 * longer waits for the old one. Returns false if all numbers already have a later limit.
 */
export async function setMessagingLimit(
  trx: Transaction<Database>,
  numbers: readonly ProviderRow[],
  messagingLimit: string,
  happenedAt: Date | null,
): Promise<boolean> {
  const latest = await latestNumbers(trx, numbers, "messaging_limit", happenedAt);
  const risen = latest.filter(({ messaging_limit: before }) => isHigher(messagingLimit, before));
  const others = latest.filter((number) => !risen.includes(number));
  const columns = { messaging_limit: messagingLimit };
  await updateNumbers(trx, risen, { ...columns, messaging_limit_until: null });
  await updateNumbers(trx, others, columns);
  return latest.length > 0;
}

function isHigher(limit: string, before: string | null): boolean {
  const people = peopleInLimit(limit) ?? Infinity;
  const peopleBefore = peopleInLimit(before);
  return peopleBefore !== null && people > peopleBefore;
}
