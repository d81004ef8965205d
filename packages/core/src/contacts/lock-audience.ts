import type { Database } from "@loudhailer/db/database.ts";
import { sql, type RawBuilder, type Transaction } from "kysely";

/**
 * Waits until no other transaction is removing contacts of the organization, and keeps others from
 * it until this transaction ends. Must be a statement of its own: the next statement's snapshot is
 * then taken after the wait.
 */
export async function lockAgainstRemovals(
  trx: Transaction<Database>,
  organizationId: string,
): Promise<void> {
  await sql`select pg_advisory_xact_lock_shared(${keyOf(organizationId)})`.execute(trx);
}

/**
 * Waits until no other transaction relies on `lockAgainstRemovals` or removes contacts of the
 * organization, and keeps others from both until this transaction ends. Every deletion and every
 * merge of contacts takes it before it reads their recipients, so that it finds those of a slice
 * that was being frozen.
 */
export async function lockForRemoval(
  trx: Transaction<Database>,
  organizationId: string,
): Promise<void> {
  await sql`select pg_advisory_xact_lock(${keyOf(organizationId)})`.execute(trx);
}

function keyOf(organizationId: string): RawBuilder<bigint> {
  return sql`hashtextextended(${`audience ${organizationId}`}, 0)`;
}
