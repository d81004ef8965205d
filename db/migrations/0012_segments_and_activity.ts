import { sql, type Kysely } from "kysely";

/** Saved segments, and what happened in each quarter of an hour. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table segments (
      id uuid primary key default gen_random_uuid(),
      organization_id uuid not null references organizations on delete cascade,
      name text not null,
      criteria jsonb not null,
      created_by uuid references users on delete set null,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      unique (organization_id, id),
      unique (organization_id, name)
    );

    -- Counted from the recipients (core/overview/count-activity.ts): a million of them can't be asked each
    -- time. Quarters of an hour are what every time zone's days are made of.
    create table broadcast_activity (
      organization_id uuid not null,
      broadcast_id uuid not null,
      quarter timestamptz not null,
      sent integer not null,
      delivered integer not null,
      read integer not null,
      failed integer not null,
      replied integer not null,
      primary key (broadcast_id, quarter),
      foreign key (organization_id, broadcast_id)
        references whatsapp_broadcasts (organization_id, id) on delete cascade
    );
    create index on broadcast_activity (organization_id, quarter);

    -- Up to which counters it has been counted, and how long that took.
    create table broadcast_activity_counts (
      broadcast_id uuid primary key,
      organization_id uuid not null,
      counters integer[] not null,
      took_ms integer not null,
      counted_at timestamptz not null default now(),
      foreign key (organization_id, broadcast_id)
        references whatsapp_broadcasts (organization_id, id) on delete cascade
    );

    do $$
    declare
      tenant_table text;
    begin
      foreach tenant_table in array array[
        'segments', 'broadcast_activity', 'broadcast_activity_counts'
      ] loop
        execute format('alter table %I enable row level security', tenant_table);
        execute format('create policy tenant on %I to loudhailer_api
          using (organization_id = (select current_organization_id()))
          with check (organization_id = (select current_organization_id()))', tenant_table);
        execute format('create policy engine on %I to loudhailer_engine
          using (true) with check (true)', tenant_table);
        execute format('grant select, insert, update, delete on %I to loudhailer_engine', tenant_table);
        execute format('grant select on %I to loudhailer_api', tenant_table);
      end loop;
    end $$;
    grant insert, update, delete on segments to loudhailer_api;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table broadcast_activity_counts, broadcast_activity, segments`.execute(db);
}
