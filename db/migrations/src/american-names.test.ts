import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import {
  createTestBroadcast,
  createTestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { createMigrator } from "./migrate.ts";

const { databaseUrl } = await useTestDatabase();
const db = createDb(createPool({ connectionString: databaseUrl, max: 1 }));
afterAll(() => db.destroy());

const before = "0014_throttling";

/** Every value of an organization that migration 0015 renames. */
async function storedNames(organizationId: string, counter: string): Promise<unknown[]> {
  const { rows } = await sql`
    select b.status, b.marketing_cap, b.${sql.ref(`${counter}_count`)} as count,
      b.${sql.ref(`${counter}_at`)} is not null as is_dated,
      (select array_agg(distinct status) from whatsapp_broadcast_recipients
        where broadcast_id = b.id) as recipients,
      (select array_agg(role order by role) from members
        where organization_id = b.organization_id) as roles,
      (select array_agg(role) from invitations
        where organization_id = b.organization_id) as invited,
      (select array_agg(action order by action) from audit_log
        where organization_id = b.organization_id) as actions,
      (select response_body from idempotency_keys
        where organization_id = b.organization_id) as response
    from whatsapp_broadcasts b where b.organization_id = ${organizationId}
  `.execute(db);
  return rows;
}

async function newUser(): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    insert into users (name, email) values ('Ada', gen_random_uuid() || '@example.com')
    returning id
  `.execute(db);
  return rows[0]?.id ?? "";
}

test("migration 0015 renames what is stored, and its way down renames it back", async () => {
  const organization = await createTestOrganization(db);
  const { organizationId } = organization;
  const { broadcastId } = await createTestBroadcast(db, organization, { recipients: 2 });
  const [owner, viewer] = [await newUser(), await newUser()];
  await db
    .updateTable("whatsapp_broadcasts")
    .set({
      status: "canceled",
      canceled_count: 2,
      canceled_at: sql`now()`,
      marketing_cap: "retry_after_24h",
    })
    .where("id", "=", broadcastId)
    .execute();
  await db.updateTable("whatsapp_broadcast_recipients").set({ status: "canceled" }).execute();
  await sql`insert into members (organization_id, user_id, role)
    values (${organizationId}, ${owner}, 'owner'), (${organizationId}, ${viewer}, 'viewer')`.execute(
    db,
  );
  await sql`insert into invitations (organization_id, email, role, status, inviter_id, expires_at)
    values (${organizationId}, 'b@example.com', 'viewer', 'pending', ${owner}, now())`.execute(db);
  await sql`insert into audit_log (organization_id, action, target_type, target_id)
    select ${organizationId}, action, 'broadcast', ''
    from unnest(array['broadcast.canceled', 'invitation.canceled', 'broadcast.paused']) action`.execute(
    db,
  );
  const response = { canceledAt: null, canceledCount: 2, status: "canceled" };
  await sql`insert into idempotency_keys (organization_id, key, request_hash, response_body)
    values (${organizationId}, 'key', '', ${JSON.stringify(response)})`.execute(db);

  const names = {
    status: "canceled",
    marketing_cap: "retry_after_24h",
    count: 2,
    is_dated: true,
    recipients: ["canceled"],
    roles: ["owner", "viewer"],
    invited: ["viewer"],
    actions: ["broadcast.canceled", "broadcast.paused", "invitation.canceled"],
    response,
  };
  expect(await storedNames(organizationId, "canceled")).toEqual([names]);

  expect((await createMigrator(db).migrateTo(before)).error).toBeUndefined();
  expect(await storedNames(organizationId, "cancelled")).toEqual([
    {
      ...names,
      status: "cancelled",
      marketing_cap: "retry-after-24h",
      recipients: ["cancelled"],
      roles: ["member", "owner"],
      invited: ["member"],
      actions: ["broadcast.cancelled", "broadcast.paused", "invitation.cancelled"],
      response: { cancelledAt: null, cancelledCount: 2, status: "cancelled" },
    },
  ]);

  expect((await createMigrator(db).migrateToLatest()).error).toBeUndefined();
  expect(await storedNames(organizationId, "canceled")).toEqual([names]);
});
