import { sql, type Kysely } from "kysely";

const counters = [
  "successful_sends",
  "failed_sends",
  "delivered_count",
  "read_count",
  "replied_count",
  "skipped_count",
  "unknown_count",
  "canceled_count",
];

const others = [
  "id, organization_id, name, provider_id, template_id, segment_criteria, variables",
  "template_snapshot, status, pause_reason, failure_reason, marketing_cap, prepare_cursor",
  "feed_cursor, counted_xid, total_recipients, created_by, scheduled_at, time_zone, launched_at",
  "started_at, paused_at, completed_at, canceled_at, failed_at, created_at, updated_at",
].join(", ");

/**
 * Changes of a broadcast's counters are appended as rows and added up later, so that no statement
 * waits for a broadcast's row, and an old snapshot, which keeps all of a row's versions, slows
 * nothing down.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const columns = counters.map((name) => `${name} integer not null default 0`);
  const own = others.replaceAll(/(?<name>\w+)/g, "b.$<name>");
  const exact = counters.map((name) => `b.${name} + d.${name} as ${name}`);
  const sums = counters.map((name) => `coalesce(sum(${name}), 0)::integer as ${name}`);
  await sql
    .raw(
      `
    alter table whatsapp_broadcasts
      -- The counters include the changes of all transactions before this one.
      add column counted_xid xid8 not null default '0';

    create table broadcast_count_deltas (
      broadcast_id uuid not null,
      xid xid8 not null default pg_current_xact_id(),
      ${columns.join(",\n      ")}
    ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
    create index on broadcast_count_deltas (broadcast_id, xid);
    create index on broadcast_count_deltas (xid, broadcast_id);
    alter table broadcast_count_deltas enable row level security;
    create policy tenant on broadcast_count_deltas to loudhailer_api
      using (broadcast_id in (select id from whatsapp_broadcasts))
      with check (broadcast_id in (select id from whatsapp_broadcasts));
    create policy engine on broadcast_count_deltas to loudhailer_engine
      using (true) with check (true);
    grant select, insert on broadcast_count_deltas to loudhailer_api;
    grant select, insert, delete on broadcast_count_deltas to loudhailer_engine;

    -- Broadcasts with counters that include every committed change.
    create view counted_broadcasts with (security_invoker = true) as
      select ${own},
        ${exact.join(",\n        ")}
      from whatsapp_broadcasts b
      cross join lateral (
        select ${sums.join(",\n          ")}
        from broadcast_count_deltas
        where broadcast_id = b.id and xid >= b.counted_xid
      ) d;
    grant select on counted_broadcasts to loudhailer_api, loudhailer_engine;

    create or replace function delete_recipients_of_broadcasts() returns trigger
      language plpgsql security definer set search_path = public
      as 'begin
        delete from whatsapp_broadcast_recipients r using gone where r.broadcast_id = gone.id;
        delete from broadcast_count_deltas d using gone where d.broadcast_id = gone.id;
        return null;
      end';
  `,
    )
    .execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  const sums = counters.map((name) => `sum(d.${name})::integer as ${name}`);
  await sql
    .raw(
      `
    update whatsapp_broadcasts b
    set ${counters.map((name) => `${name} = b.${name} + d.${name}`).join(", ")}
    from (
      select d.broadcast_id, ${sums.join(", ")}
      from broadcast_count_deltas d join whatsapp_broadcasts c on c.id = d.broadcast_id
      where d.xid >= c.counted_xid
      group by d.broadcast_id
    ) d
    where d.broadcast_id = b.id;
    create or replace function delete_recipients_of_broadcasts() returns trigger
      language plpgsql security definer set search_path = public
      as 'begin
        delete from whatsapp_broadcast_recipients r using gone where r.broadcast_id = gone.id;
        return null;
      end';
    drop view counted_broadcasts;
    drop table broadcast_count_deltas;
    alter table whatsapp_broadcasts drop column counted_xid;
  `,
    )
    .execute(db);
}
