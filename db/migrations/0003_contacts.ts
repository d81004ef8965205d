import { sql, type Kysely } from "kysely";

/**
 * pg_trgm and btree_gin are trusted extensions: the database's owner may create them,
 * no superuser needed.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create extension if not exists pg_trgm;
    create extension if not exists btree_gin;

    create table contacts (
      id bigint generated always as identity primary key,
      organization_id uuid not null references organizations on delete cascade,
      phone text,
      whatsapp_user_id text,
      name text,
      email text,
      attributes jsonb not null default '{}' check (jsonb_typeof(attributes) = 'object'),
      tags text[] not null default '{}',
      opted_out_at timestamptz,
      opt_out_source text,
      opted_in_at timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      check (phone is not null or whatsapp_user_id is not null),
      unique (organization_id, id),
      unique (organization_id, phone),
      unique (organization_id, whatsapp_user_id)
    );
    create index contacts_tags on contacts using gin (organization_id, tags);
    create index contacts_attributes on contacts using gin (organization_id, attributes jsonb_path_ops);
    create index contacts_name on contacts using gin (organization_id, name gin_trgm_ops);

    create table contact_imports (
      id uuid primary key default gen_random_uuid(),
      organization_id uuid not null references organizations on delete cascade,
      status text not null default 'uploading'
        check (status in ('uploading', 'merging', 'completed', 'failed')),
      failure_reason text,
      file_name text,
      headers text[] not null,
      mapping jsonb,
      tags text[] not null default '{}',
      default_country text,
      processed_rows integer not null default 0,
      created_contacts integer not null default 0,
      updated_contacts integer not null default 0,
      rejected_rows integer not null default 0,
      created_by uuid references users on delete set null,
      created_at timestamptz not null default now(),
      completed_at timestamptz,
      unique (organization_id, id)
    );
    create index on contact_imports (organization_id, created_at);

    -- Rows on their way from the uploaded file to contacts; emptied by the merge.
    create table contact_import_rows (
      import_id uuid not null,
      organization_id uuid not null,
      line_number integer not null,
      phone text not null,
      name text,
      email text,
      attributes jsonb not null,
      tags text[] not null,
      foreign key (organization_id, import_id)
        references contact_imports (organization_id, id) on delete cascade
    );
    create index on contact_import_rows (import_id, phone, line_number desc);

    create table contact_import_rejected_rows (
      import_id uuid not null,
      organization_id uuid not null,
      line_number integer not null,
      reason text not null,
      fields text[] not null,
      foreign key (organization_id, import_id)
        references contact_imports (organization_id, id) on delete cascade
    );
    create index on contact_import_rejected_rows (import_id, line_number);
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop table contact_import_rejected_rows, contact_import_rows, contact_imports, contacts
  `.execute(db);
}
