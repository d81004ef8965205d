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

async function migrateTo(name: string): Promise<void> {
  expect((await createMigrator(db).migrateTo(name)).error).toBeUndefined();
}

test("migration 0019 keeps a moved number's history on its way down and up again", async () => {
  const former = await createTestOrganization(db);
  const { broadcastId } = await createTestBroadcast(db, former, { recipients: 2 });
  await db
    .updateTable("whatsapp_providers")
    .set({ status: "disconnected", status_reason: "meta_190" })
    .where("id", "=", former.providerId)
    .execute();
  const { phoneNumberId } = former;
  await sql`select set_config('app.organization_id', gen_random_uuid()::text, false),
    take_disconnected_number(${phoneNumberId})`.execute(db);
  const present = await createTestOrganization(db, { phoneNumberId });

  await migrateTo("0018_feeding");
  const { rows } = await sql`
    select p.id, p.phone_number_id = ${phoneNumberId} as owns, p.status_reason, b.pause_reason
    from whatsapp_providers p left join whatsapp_broadcasts b on b.provider_id = p.id
    where p.phone_number_id like ${`${phoneNumberId}%`} order by p.created_at
  `.execute(db);
  expect(rows).toEqual([
    {
      id: former.providerId,
      owns: false,
      status_reason: "number_refused",
      pause_reason: "number_refused",
    },
    { id: present.providerId, owns: true, status_reason: null, pause_reason: null },
  ]);

  await migrateTo("0019_moved_numbers");
  const kept = await db
    .selectFrom("whatsapp_broadcast_recipients")
    .where("broadcast_id", "=", broadcastId)
    .select("id")
    .execute();
  expect(kept).toHaveLength(2);
  await expect(createTestOrganization(db, { phoneNumberId })).rejects.toThrow(
    "whatsapp_providers_phone_number_id_key",
  );
});
