import { sql, type Kysely } from "kysely";

/** A dispatcher reports for each number since when Meta doesn't answer its messages. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table dispatchers
      drop column graph_away_since,
      -- The moment by phone number id.
      add column numbers_away jsonb not null default '{}';
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table dispatchers
      drop column numbers_away,
      add column graph_away_since timestamptz;
  `.execute(db);
}
