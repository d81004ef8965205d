import { sql, type Kysely } from "kysely";

/** Files for headers, kept since Meta forgets them after 30 days; and when a token ends. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table whatsapp_providers add column access_token_expires_at timestamptz;

    create table media (
      id uuid primary key default gen_random_uuid(),
      organization_id uuid not null,
      provider_id uuid not null,
      type text not null check (type in ('image', 'video', 'document')),
      mime_type text not null,
      file_name text not null,
      size_bytes integer not null,
      sha256 bytea not null,
      meta_media_id text not null,
      -- Meta's end of it; before that it is uploaded anew, under another id.
      expires_at timestamptz not null,
      created_by uuid references users on delete set null,
      created_at timestamptz not null default now(),
      unique (organization_id, id),
      foreign key (organization_id, provider_id)
        references whatsapp_providers (organization_id, id) on delete cascade
    );
    create index on media (organization_id, provider_id, created_at desc, id desc);

    -- Apart, and in pieces, so that nobody has to hold 100 MB at once.
    create table media_chunks (
      media_id uuid not null,
      organization_id uuid not null,
      position integer not null,
      content bytea not null,
      primary key (media_id, position),
      foreign key (organization_id, media_id) references media (organization_id, id) on delete cascade
    );
    -- Images and videos don't get smaller.
    alter table media_chunks alter column content set storage external;

    do $$
    declare
      tenant_table text;
    begin
      foreach tenant_table in array array['media', 'media_chunks'] loop
        execute format('alter table %I enable row level security', tenant_table);
        execute format('create policy tenant on %I to loudhailer_api
          using (organization_id = (select current_organization_id()))
          with check (organization_id = (select current_organization_id()))', tenant_table);
        execute format('create policy engine on %I to loudhailer_engine
          using (true) with check (true)', tenant_table);
      end loop;
    end $$;
    grant select, insert, delete on media, media_chunks to loudhailer_api;
    grant select, update on media to loudhailer_engine;
    grant select on media_chunks to loudhailer_engine;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop table media_chunks, media;
    alter table whatsapp_providers drop column access_token_expires_at;
  `.execute(db);
}
