import { sql, type Kysely } from "kysely";

const columns = [
  "id, organization_id, name, provider_id, template_id, segment_criteria, variables",
  "template_snapshot, status, pause_reason, failure_reason, marketing_cap, prepare_cursor",
  "feed_cursor, counted_xid, total_recipients, created_by, scheduled_at, time_zone, launched_at",
  "started_at, paused_at, completed_at, canceled_at, failed_at, created_at, updated_at",
].join(", ");

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

/**
 * The view of broadcasts with exact counters. A new column can only be at its end, so that the view
 * is replaced and keeps its grants.
 */
function viewSql(create: string, added: string[] = []): string {
  const own = columns.replaceAll(/(?<name>\w+)/g, "b.$<name>");
  const exact = counters.map((name) => `b.${name} + d.${name} as ${name}`);
  const sums = counters.map((name) => `coalesce(sum(${name}), 0)::integer as ${name}`);
  return `
    ${create} counted_broadcasts with (security_invoker = true) as
      select ${own},
        ${[...exact, ...added].join(",\n        ")}
      from whatsapp_broadcasts b
      cross join lateral (
        select ${sums.join(",\n          ")}
        from broadcast_count_deltas
        where broadcast_id = b.id and xid >= b.counted_xid
      ) d`;
}

/** A retry is noted with its broadcast, and recipients become pending slice by slice. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
    alter table whatsapp_broadcasts
      -- Status of the recipients that are being made pending again; null unless a retry is open.
      add column retry_kind text check (retry_kind in ('failed', 'unknown')),
      -- The last recipient that the open retry has looked at.
      add column retry_cursor bigint,
      -- Moment of the request: a later attempt isn't retried.
      add column retry_before timestamptz,
      add constraint whatsapp_broadcasts_retry check (case when retry_kind is null
        then retry_cursor is null and retry_before is null
        else retry_cursor is not null and retry_before is not null
          and status in ('sending', 'paused') end);
    create index whatsapp_broadcasts_retrying on whatsapp_broadcasts (id)
      where retry_kind is not null;
    ${viewSql("create or replace view", ["b.retry_kind", "b.missed_schedule"])};
  `,
    )
    .execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
    drop view counted_broadcasts;
    ${viewSql("create view")};
    grant select on counted_broadcasts to loudhailer_api, loudhailer_engine;
    alter table whatsapp_broadcasts
      drop column retry_kind, drop column retry_cursor, drop column retry_before;
  `,
    )
    .execute(db);
}
