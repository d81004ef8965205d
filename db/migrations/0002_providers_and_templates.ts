import { sql, type Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table whatsapp_providers (
      id uuid primary key default gen_random_uuid(),
      organization_id uuid not null references organizations on delete cascade,
      provider_type text not null default 'meta_cloud',
      phone_number_id text not null unique,
      waba_id text not null,
      access_token text not null,
      app_secret text,
      webhook_verify_token text not null unique,
      phone_number text,
      display_name text,
      status text not null default 'connected'
        check (status in ('connected', 'disconnected', 'paused')),
      status_reason text,
      quality_rating text,
      throughput_level text,
      messages_per_second integer not null default 80
        check (messages_per_second between 1 and 10000),
      current_messages_per_second integer not null default 80
        check (current_messages_per_second between 1 and 10000),
      messaging_limit text,
      rate_changed_at timestamptz,
      next_slot_at timestamptz not null default now(),
      held_until timestamptz,
      last_webhook_at timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      unique (organization_id, id)
    ) with (fillfactor = 50);
    create index on whatsapp_providers (waba_id);

    create table whatsapp_templates (
      id uuid primary key default gen_random_uuid(),
      organization_id uuid not null references organizations on delete cascade,
      waba_id text not null,
      meta_template_id text not null,
      name text not null,
      language text not null,
      category text not null,
      status text not null,
      components jsonb not null,
      parameter_format text,
      quality_score text,
      rejected_reason text,
      removed_at timestamptz,
      synced_at timestamptz not null default now(),
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      unique (organization_id, id),
      unique (organization_id, waba_id, name, language)
    );
    create index on whatsapp_templates (waba_id, meta_template_id);
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table whatsapp_templates, whatsapp_providers`.execute(db);
}
