import { sql, type Kysely } from "kysely";

/**
 * Recipients lose their foreign keys: checking two of them took half of an audience's freezing
 * (measured, 300,000 contacts: 36,000 to 41,000 rows/s with both, 84,000 without). What they gave
 * is kept otherwise: recipients are written by one INSERT … SELECT of the engine alone (the API
 * may neither insert them nor change whose they are), and triggers follow the deletes.
 *
 * `…_waiting` holds only rows that wait for a moment; for all others `next_attempt_at` stays null
 * from first to last, so their updates stay HOT.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table whatsapp_broadcasts
      -- What happens to a recipient whom Meta spares marketing (131049).
      add column marketing_cap text not null default 'fail'
        check (marketing_cap in ('fail', 'retry-after-24h')),
      -- The last contact that was looked at while the audience is being frozen; null before and after.
      add column prepare_cursor bigint;
    drop index whatsapp_broadcasts_active;
    create index whatsapp_broadcasts_active on whatsapp_broadcasts (status)
      where status in ('scheduled', 'preparing', 'sending', 'paused');
    -- Cancelled, and recipients are still to be told.
    create index whatsapp_broadcasts_cancelling on whatsapp_broadcasts (id)
      where status = 'cancelled' and completed_at is null;

    alter table whatsapp_broadcast_recipients
      -- The messages that failed before this one was tried again: their late news aren't this one's.
      add column retried_wamids text[],
      drop constraint whatsapp_broadcast_recipients_organization_id_broadcast_id_fkey,
      drop constraint whatsapp_broadcast_recipients_organization_id_contact_id_fkey;
    create index whatsapp_broadcast_recipients_waiting
      on whatsapp_broadcast_recipients (broadcast_id, next_attempt_at) include (organization_id)
      where next_attempt_at is not null;

    create function forget_contacts_of_recipients() returns trigger
      language plpgsql security definer set search_path = public
      as 'begin
        update whatsapp_broadcast_recipients r set contact_id = null
        from gone where r.contact_id = gone.id;
        return null;
      end';
    create trigger forget_contacts_of_recipients after delete on contacts
      referencing old table as gone
      for each statement execute function forget_contacts_of_recipients();

    create function delete_recipients_of_broadcasts() returns trigger
      language plpgsql security definer set search_path = public
      as 'begin
        delete from whatsapp_broadcast_recipients r using gone where r.broadcast_id = gone.id;
        return null;
      end';
    create trigger delete_recipients_of_broadcasts after delete on whatsapp_broadcasts
      referencing old table as gone
      for each statement execute function delete_recipients_of_broadcasts();
    revoke all on function forget_contacts_of_recipients(), delete_recipients_of_broadcasts()
      from public;

    revoke insert, update, delete on whatsapp_broadcast_recipients from loudhailer_api;
    grant update (status, wamid, retried_wamids, attempts, next_attempt_at, error_code, error_title,
      error_details, sent_at, failed_at) on whatsapp_broadcast_recipients to loudhailer_api;

    alter table whatsapp_providers
      -- Meta's business portfolio, which the messaging limit belongs to; null: Meta didn't say.
      add column portfolio_id text,
      -- Nothing new is fed before this moment: the portfolio's messaging limit is used up.
      add column messaging_limit_until timestamptz,
      -- What a throttled rate gets back next, in messages a second; doubles while Meta takes it.
      add column rate_step integer not null default 1;

    -- Whom a portfolio has written to within 24 hours: Meta's limit counts people, not messages.
    -- A hash, so that no phone number stays here when a contact is deleted.
    create table messaging_limit_uses (
      portfolio_id text not null,
      recipient_hash bigint not null,
      used_at timestamptz not null default now(),
      primary key (portfolio_id, recipient_hash)
    );
    create index on messaging_limit_uses (portfolio_id, used_at);
    grant select, insert, update, delete on messaging_limit_uses to loudhailer_engine;

    -- Since when this dispatcher has stopped sending because Meta doesn't answer.
    alter table dispatchers add column graph_away_since timestamptz;
    grant select on dispatchers to loudhailer_api;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    revoke select on dispatchers from loudhailer_api;
    alter table dispatchers drop column graph_away_since;
    drop table messaging_limit_uses;
    alter table whatsapp_providers
      drop column portfolio_id, drop column messaging_limit_until, drop column rate_step;
    grant select, insert, update, delete on whatsapp_broadcast_recipients to loudhailer_api;
    drop trigger delete_recipients_of_broadcasts on whatsapp_broadcasts;
    drop trigger forget_contacts_of_recipients on contacts;
    drop function delete_recipients_of_broadcasts();
    drop function forget_contacts_of_recipients();
    drop index whatsapp_broadcast_recipients_waiting;
    alter table whatsapp_broadcast_recipients
      drop column retried_wamids,
      add foreign key (organization_id, broadcast_id)
        references whatsapp_broadcasts (organization_id, id) on delete cascade,
      add foreign key (organization_id, contact_id)
        references contacts (organization_id, id) on delete set null (contact_id);
    drop index whatsapp_broadcasts_cancelling;
    drop index whatsapp_broadcasts_active;
    create index whatsapp_broadcasts_active on whatsapp_broadcasts (status)
      where status in ('scheduled', 'preparing', 'sending');
    alter table whatsapp_broadcasts drop column prepare_cursor, drop column marketing_cap;
  `.execute(db);
}
