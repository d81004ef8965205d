import type { BroadcastStatus, Database } from "@loudhailer/db/database.ts";
import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { sql, type UpdateObject } from "kysely";
import { DomainError } from "../domain-error.ts";
import { fetchBroadcast } from "./get-broadcast.ts";

/**
 * Rejects a change that the broadcast's status doesn't allow. `advice` has a sentence per status on
 * what to do instead.
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

export interface StateChange {
  /** Statuses in which the broadcast can be changed. */
  from: readonly BroadcastStatus[];
  columns: UpdateObject<Database, "whatsapp_broadcasts">;
  /** Past participle for the error: a broadcast can't be `paused`. */
  verb: string;
  advice?: Record<string, string>;
}

/**
 * Sets columns of a broadcast if its status allows it.
 * @throws DomainError `conflict` or `not_found` as throwWrongState
 */
export async function changeState(
  trx: TenantDb,
  organizationId: string,
  broadcastId: string,
  { from, columns, verb, advice }: StateChange,
): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable("whatsapp_broadcasts")
    .set({ ...columns, updated_at: sql`now()` })
    .where("organization_id", "=", organizationId)
    .where("id", "=", broadcastId)
    .where("status", "in", from)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return;
  await throwWrongState(trx, organizationId, broadcastId, verb, advice);
}
