import { sql, type Kysely } from "kysely";

/** Every attempt has its own id. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table whatsapp_broadcast_recipients rename column claim_id to attempt_id;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table whatsapp_broadcast_recipients rename column attempt_id to claim_id;
  `.execute(db);
}
