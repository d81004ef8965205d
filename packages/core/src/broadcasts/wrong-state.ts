import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { DomainError } from "../domain-error.ts";
import { fetchBroadcast } from "./get-broadcast.ts";

/**
 * No row moved: says which state the broadcast is in, or that there is none. `advice` is a sentence
 * on what to do instead, by state.
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
