import { sql, type Kysely } from "kysely";

/**
 * The recipients' indexes leave out `status` and every timestamp on purpose: an update that
 * touches no indexed column stays HOT (no index write), and claim, delivered and read are
 * three of a row's four updates. Only the settle writes an index, that of `wamid`.
 *
 * fillfactor: a page's rows are claimed together, so it needs room for a second version of
 * each; `bench send` prints the share of HOT updates.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table whatsapp_broadcasts (
      id uuid primary key default gen_random_uuid(),
      organization_id uuid not null references organizations on delete cascade,
      name text not null,
      provider_id uuid not null,
      template_id uuid not null,
      segment_criteria jsonb not null,
      variables jsonb not null default '{}',
      template_snapshot jsonb,
      status text not null default 'draft' check (status in
        ('draft', 'scheduled', 'preparing', 'sending', 'paused', 'completed', 'cancelled', 'failed')),
      pause_reason text,
      failure_reason text,
      feed_cursor bigint not null default 0,
      total_recipients integer not null default 0,
      successful_sends integer not null default 0,
      failed_sends integer not null default 0,
      delivered_count integer not null default 0,
      read_count integer not null default 0,
      replied_count integer not null default 0,
      skipped_count integer not null default 0,
      unknown_count integer not null default 0,
      cancelled_count integer not null default 0,
      created_by uuid references users on delete set null,
      scheduled_at timestamptz,
      launched_at timestamptz,
      started_at timestamptz,
      paused_at timestamptz,
      completed_at timestamptz,
      cancelled_at timestamptz,
      failed_at timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      unique (organization_id, id),
      foreign key (organization_id, provider_id)
        references whatsapp_providers (organization_id, id),
      foreign key (organization_id, template_id)
        references whatsapp_templates (organization_id, id)
    ) with (fillfactor = 50);
    create index on whatsapp_broadcasts (organization_id, created_at desc);
    create index on whatsapp_broadcasts (provider_id);
    create index whatsapp_broadcasts_active on whatsapp_broadcasts (status)
      where status in ('scheduled', 'preparing', 'sending');

    create table whatsapp_broadcast_recipients (
      id bigint generated always as identity primary key,
      organization_id uuid not null,
      broadcast_id uuid not null,
      contact_id bigint,
      phone text not null,
      variables jsonb not null default '[]',
      status text not null default 'pending' check (status in
        ('pending', 'sending', 'sent', 'delivered', 'read', 'failed', 'unknown', 'skipped', 'cancelled')),
      wamid text,
      attempts smallint not null default 0,
      claimed_at timestamptz,
      claimed_by uuid,
      claim_id uuid,
      next_attempt_at timestamptz,
      error_code text,
      error_title text,
      error_details text,
      sent_at timestamptz,
      delivered_at timestamptz,
      read_at timestamptz,
      failed_at timestamptz,
      replied_at timestamptz,
      unique (contact_id, broadcast_id),
      foreign key (organization_id, broadcast_id)
        references whatsapp_broadcasts (organization_id, id) on delete cascade,
      foreign key (organization_id, contact_id)
        references contacts (organization_id, id) on delete set null (contact_id)
    ) with (fillfactor = 50);
    create index on whatsapp_broadcast_recipients (broadcast_id, id);
    create index on whatsapp_broadcast_recipients using hash (wamid);

    -- One row a running dispatcher: what a dead one had claimed becomes unknown.
    create table dispatchers (
      id uuid primary key,
      started_at timestamptz not null default now(),
      last_seen_at timestamptz not null default now()
    );
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table dispatchers, whatsapp_broadcast_recipients, whatsapp_broadcasts`.execute(db);
}
