import { sql, type Kysely } from "kysely";

/** What several dispatchers saw of Meta's limit, until it is known from all of them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table whatsapp_providers add column taken_by_dispatcher jsonb;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table whatsapp_providers drop column taken_by_dispatcher;
  `.execute(db);
}
