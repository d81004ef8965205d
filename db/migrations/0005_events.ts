import { sql, type Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table inbound_messages (
      id uuid primary key default gen_random_uuid(),
      organization_id uuid not null references organizations on delete cascade,
      provider_id uuid not null,
      contact_id bigint,
      broadcast_id uuid,
      wamid text not null,
      type text not null,
      payload jsonb not null,
      received_at timestamptz not null,
      created_at timestamptz not null default now(),
      unique (organization_id, wamid),
      foreign key (organization_id, provider_id)
        references whatsapp_providers (organization_id, id) on delete cascade,
      foreign key (organization_id, contact_id)
        references contacts (organization_id, id) on delete set null (contact_id),
      foreign key (organization_id, broadcast_id)
        references whatsapp_broadcasts (organization_id, id) on delete set null (broadcast_id)
    );
    create index on inbound_messages (contact_id, received_at);

    -- What a webhook brought that could not be applied yet, and why.
    create table webhook_events (
      id bigint generated always as identity primary key,
      organization_id uuid references organizations on delete cascade,
      waba_id text,
      phone_number_id text,
      field text not null,
      payload jsonb not null,
      reason text not null,
      applied_at timestamptz,
      received_at timestamptz not null default now()
    );
    create index on webhook_events (organization_id, received_at);

    create table audit_log (
      id bigint generated always as identity primary key,
      organization_id uuid not null references organizations on delete cascade,
      actor_user_id uuid references users on delete set null,
      actor_api_key_id uuid references api_keys on delete set null,
      action text not null,
      target_type text not null,
      target_id text not null,
      details jsonb not null default '{}',
      ip_address text,
      created_at timestamptz not null default now()
    );
    create index on audit_log (organization_id, created_at desc);

    create table idempotency_keys (
      organization_id uuid not null references organizations on delete cascade,
      key text not null,
      request_hash bytea not null,
      response_status integer,
      response_body jsonb,
      created_at timestamptz not null default now(),
      primary key (organization_id, key)
    );
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table idempotency_keys, audit_log, webhook_events, inbound_messages`.execute(db);
}
