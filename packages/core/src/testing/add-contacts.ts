import type { Database } from "@loudhailer/db/database.ts";
import type { TestOrganization } from "@loudhailer/testing/create-test-broadcast.ts";
import { sql, type Kysely } from "kysely";

/** Adds `count` contacts named "Ada 1", "Ada 2" … to an organization that has none. */
export async function addContacts(
  owner: Kysely<Database>,
  { organizationId }: TestOrganization,
  count: number,
): Promise<void> {
  await sql`
    insert into contacts (organization_id, phone, name)
    select ${organizationId}::uuid, '+1555' || lpad(n::text, 7, '0'), 'Ada ' || n
    from generate_series(1, ${count}::integer) n
  `.execute(owner);
}
