import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { DomainError } from "../domain-error.ts";
import { fetchBroadcast } from "./get-broadcast.ts";

/**
 * Rejects a change that the broadcast's status doesn't allow. `advice` has a sentence per status on
 * what to do instead.
 *
 * @throws DomainError `conflict` with the broadcast's current status
 * @throws DomainError `not_found` if the organization has no such broadcast
 */
export async function throwWrongState(
  trx: TenantDb,
  organizationId: string,
  broadcastId: string,
  verb: string,
  advice: Record<string, string> = {},
): Promise<never> {
  const { status } = await fetchBroadcast(trx, organizationId, broadcastId);
  const sentences = [
    `A broadcast that is ${status} can't be ${verb}.`,
    advice[status] ?? [],
  ].flat();
  throw new DomainError("conflict", sentences.join(" "), { status });
}
