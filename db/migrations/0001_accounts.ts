import { sql, type Kysely } from "kysely";

/** Better Auth's tables (its organization plugin included) under our names, and our API keys. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table users (
      id uuid primary key default gen_random_uuid(),
      name text not null,
      email text not null unique,
      email_verified boolean not null default false,
      image text,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );

    create table sessions (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null references users on delete cascade,
      token text not null unique,
      expires_at timestamptz not null,
      ip_address text,
      user_agent text,
      active_organization_id uuid,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );
    create index on sessions (user_id);

    create table accounts (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null references users on delete cascade,
      account_id text not null,
      provider_id text not null,
      access_token text,
      refresh_token text,
      id_token text,
      access_token_expires_at timestamptz,
      refresh_token_expires_at timestamptz,
      scope text,
      password text,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );
    create index on accounts (user_id);

    create table verifications (
      id uuid primary key default gen_random_uuid(),
      identifier text not null,
      value text not null,
      expires_at timestamptz not null,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );
    create index on verifications (identifier);

    create table organizations (
      id uuid primary key default gen_random_uuid(),
      name text not null,
      slug text not null unique,
      logo text,
      metadata text,
      created_at timestamptz not null default now()
    );

    create table members (
      id uuid primary key default gen_random_uuid(),
      organization_id uuid not null references organizations on delete cascade,
      user_id uuid not null references users on delete cascade,
      role text not null default 'member',
      created_at timestamptz not null default now(),
      unique (organization_id, user_id)
    );
    create index on members (user_id);

    create table invitations (
      id uuid primary key default gen_random_uuid(),
      organization_id uuid not null references organizations on delete cascade,
      email text not null,
      role text,
      status text not null default 'pending',
      expires_at timestamptz not null,
      inviter_id uuid not null references users on delete cascade,
      created_at timestamptz not null default now()
    );
    create index on invitations (organization_id);
    create index on invitations (email);

    create table api_keys (
      id uuid primary key default gen_random_uuid(),
      organization_id uuid not null references organizations on delete cascade,
      name text not null,
      prefix text not null,
      key_hash bytea not null unique,
      scopes text[] not null default '{read,write}',
      created_by uuid references users on delete set null,
      last_used_at timestamptz,
      revoked_at timestamptz,
      created_at timestamptz not null default now()
    );
    create index on api_keys (organization_id);
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop table api_keys, invitations, members, organizations, verifications, accounts, sessions, users
  `.execute(db);
}
