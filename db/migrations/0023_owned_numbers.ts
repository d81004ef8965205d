import { sql, type Kysely } from "kysely";

/** One dispatcher at a time sends from a number. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Who sends from a number. Nobody once the dispatcher is null or the time is over.
    create table number_leases (
      phone_number_id text primary key,
      dispatcher_id uuid,
      epoch bigint not null default 1,
      -- No other dispatcher may take the number before that and before its owner's lease_until.
      expires_at timestamptz not null,
      -- Until then the owner leaves one message per second to a test message.
      borrowed_until timestamptz,
      -- Timeline of the database that wrote the row: another one may have lost its last changes.
      timeline text not null,
      -- Makes a change of the epoch wait for claims, which hold the row's key.
      unique (phone_number_id, epoch)
    );
    create index on number_leases (dispatcher_id);
    alter table number_leases enable row level security;
    create policy tenant on number_leases to loudhailer_api
      using (phone_number_id in
        (select phone_number_id from whatsapp_providers where moved_at is null))
      with check (phone_number_id in
        (select phone_number_id from whatsapp_providers where moved_at is null));
    create policy engine on number_leases to loudhailer_engine using (true) with check (true);
    grant select, insert, update on number_leases to loudhailer_api;
    grant select, insert, update, delete on number_leases to loudhailer_engine;

    -- True once the dispatcher stops and takes no more numbers.
    alter table dispatchers
      add column is_leaving boolean not null default false,
      -- The end of all its leases: one row to renew, of which an old snapshot keeps all versions.
      add column lease_until timestamptz not null default now();

    alter table whatsapp_providers
      drop column next_slot_at, drop column rate_step, drop column taken_by_dispatcher;

    -- A retried recipient in an attempt has a moment that never comes.
    update whatsapp_broadcast_recipients set next_attempt_at = 'infinity'
      where status = 'sending' and next_attempt_at is not null;

    -- Changes with the template or the variables of a broadcast that has been launched.
    alter table whatsapp_broadcasts add column content_version integer not null default 1;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    update whatsapp_broadcast_recipients set next_attempt_at = now()
      where next_attempt_at = 'infinity';
    alter table whatsapp_broadcasts drop column content_version;
    alter table whatsapp_providers
      add column next_slot_at timestamptz not null default now(),
      add column rate_step integer not null default 1,
      add column taken_by_dispatcher jsonb;
    alter table dispatchers drop column is_leaving, drop column lease_until;
    drop table number_leases;
  `.execute(db);
}
