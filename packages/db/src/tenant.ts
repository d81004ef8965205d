import { sql, type Kysely, type Transaction } from "kysely";
import type { Database } from "./database.ts";

declare const tenant: unique symbol;

/** A transaction bound to one organization: row-level security shows it only its rows. */
export type TenantDb = Transaction<Database> & { readonly [tenant]: true };

/**
 * Runs `work` in one transaction bound to `organizationId`. `db` must be on the role
 * loudhailer_api, so that a query that forgets its `where organization_id` still finds no rows of
 * other organizations.
 */
export function withTenant<T>(
  db: Kysely<Database>,
  organizationId: string,
  work: (trx: TenantDb) => Promise<T>,
): Promise<T> {
  return db.transaction().execute(async (trx) => {
    await sql`select set_config('app.organization_id', ${organizationId}, true)`.execute(trx);
    return work(asTenant(trx));
  });
}

/** Returns `trx` as a tenant's, for engine code whose caller has made sure of the organization. */
export function asTenant(trx: Transaction<Database>): TenantDb {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a brand exists in types alone
  return trx as TenantDb;
}
