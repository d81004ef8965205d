import { sql, type Kysely } from "kysely";

/** How late a scheduled broadcast may still leave without a person. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table organization_settings
      add column schedule_grace_minutes integer not null default 60
        check (schedule_grace_minutes between 5 and 1440);
    -- The schedule that was missed: a longer grace afterwards doesn't send it.
    alter table whatsapp_broadcasts add column missed_schedule timestamptz
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table whatsapp_broadcasts drop column missed_schedule;
    alter table organization_settings drop column schedule_grace_minutes
  `.execute(db);
}
