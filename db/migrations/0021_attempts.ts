import { sql, type Kysely } from "kysely";

/** Every attempt has its own id, which its message carries, and outlives a retry. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Part of every message's callback data: tells our messages from those of other programs.
    create table installation (
      id uuid primary key default gen_random_uuid(),
      is_only boolean not null default true unique check (is_only),
      created_at timestamptz not null default now()
    );
    insert into installation default values;
    grant select on installation to loudhailer_engine;

    -- The attempt that counts. Null while nothing was tried, or certainly nothing was sent.
    alter table whatsapp_broadcast_recipients rename column claim_id to attempt_id;
    update whatsapp_broadcast_recipients set attempt_id = gen_random_uuid()
      where attempt_id is null and (wamid is not null or status in ('sending', 'unknown'));
    update whatsapp_broadcast_recipients set attempt_id = null
      where attempt_id is not null and status in ('pending', 'skipped', 'canceled');

    -- Attempts that another one has replaced.
    create table recipient_attempts (
      recipient_id bigint not null,
      attempt_id uuid not null,
      organization_id uuid not null,
      broadcast_id uuid not null,
      wamid text,
      status text not null check (status in ('unknown', 'sent', 'failed', 'delivered', 'read')),
      sent_at timestamptz,
      delivered_at timestamptz,
      read_at timestamptz,
      created_at timestamptz not null default now(),
      primary key (recipient_id, attempt_id)
    );
    create index on recipient_attempts using hash (wamid);
    create index on recipient_attempts (broadcast_id);
    insert into recipient_attempts
      (recipient_id, attempt_id, organization_id, broadcast_id, wamid, status)
    select r.id, gen_random_uuid(), r.organization_id, r.broadcast_id, former.wamid, 'failed'
    from whatsapp_broadcast_recipients r, unnest(r.retried_wamids) as former(wamid)
    where r.retried_wamids is not null;
    alter table whatsapp_broadcast_recipients drop column retried_wamids;

    alter table recipient_attempts enable row level security;
    create policy tenant on recipient_attempts to loudhailer_api
      using (organization_id = (select current_organization_id()))
      with check (organization_id = (select current_organization_id()));
    create policy engine on recipient_attempts to loudhailer_engine using (true) with check (true);
    grant select, insert, update, delete on recipient_attempts to loudhailer_api, loudhailer_engine;

    -- A volatile function reads what was committed while its statement waited for the recipients'
    -- locks. The statement's own snapshot is older.
    create function attempts_of_recipients(ids bigint[]) returns setof recipient_attempts
      language plpgsql volatile rows 1
      as 'begin return query select * from recipient_attempts where recipient_id = any(ids); end';

    -- The row that the same person has in the broadcast, once two contacts are merged.
    alter table whatsapp_broadcast_recipients add column merged_into bigint;
    create index whatsapp_broadcast_recipients_merged on whatsapp_broadcast_recipients (id)
      include (merged_into) where merged_into is not null;
    grant update (attempt_id, merged_into) on whatsapp_broadcast_recipients to loudhailer_api;

    create or replace function delete_recipients_of_broadcasts() returns trigger
      language plpgsql security definer set search_path = public
      as 'begin
        delete from recipient_attempts a using gone where a.broadcast_id = gone.id;
        delete from whatsapp_broadcast_recipients r using gone where r.broadcast_id = gone.id;
        delete from broadcast_count_deltas d using gone where d.broadcast_id = gone.id;
        return null;
      end';
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    create or replace function delete_recipients_of_broadcasts() returns trigger
      language plpgsql security definer set search_path = public
      as 'begin
        delete from whatsapp_broadcast_recipients r using gone where r.broadcast_id = gone.id;
        delete from broadcast_count_deltas d using gone where d.broadcast_id = gone.id;
        return null;
      end';
    alter table whatsapp_broadcast_recipients drop column merged_into;
    alter table whatsapp_broadcast_recipients add column retried_wamids text[];
    grant update (retried_wamids) on whatsapp_broadcast_recipients to loudhailer_api;
    update whatsapp_broadcast_recipients r set retried_wamids = a.wamids
    from (
      select recipient_id, array_agg(wamid) as wamids from recipient_attempts
      where wamid is not null group by recipient_id
    ) a
    where a.recipient_id = r.id;
    drop function attempts_of_recipients(bigint[]);
    drop table recipient_attempts;
    alter table whatsapp_broadcast_recipients rename column attempt_id to claim_id;
    drop table installation;
  `.execute(db);
}
