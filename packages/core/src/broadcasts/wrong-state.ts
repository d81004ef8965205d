import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { DomainError } from "../domain-error.ts";
import { fetchBroadcast } from "./get-broadcast.ts";

/** No row moved: says which state the broadcast is in, or that there is none. */
export async function throwWrongState(
  trx: TenantDb,
  organizationId: string,
  broadcastId: string,
  verb: string,
): Promise<never> {
  const { status } = await fetchBroadcast(trx, organizationId, broadcastId);
  throw new DomainError("conflict", `A broadcast that is ${status} can't be ${verb}.`, { status });
}
