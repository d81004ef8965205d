import { sql, type Kysely } from "kysely";

/** What Meta's webhooks bring beside statuses: messages, consent, news of templates and numbers. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table whatsapp_broadcast_recipients
      -- What Meta said of the message's price; null until it did.
      add column billable boolean,
      add column pricing_category text;

    alter table contacts
      add column opt_in_source text,
      -- The latest message from this person, to any number of the organization.
      add column last_inbound_at timestamptz;

    -- Every opt-out and opt-in, in the order in which they took effect; written by a trigger, so that
    -- no way to one of them leaves it out.
    create table contact_consents (
      id bigint generated always as identity primary key,
      organization_id uuid not null,
      contact_id bigint not null,
      consent text not null check (consent in ('opted_out', 'opted_in')),
      source text,
      happened_at timestamptz not null,
      created_at timestamptz not null default now(),
      foreign key (organization_id, contact_id)
        references contacts (organization_id, id) on delete cascade
    );
    create index on contact_consents (contact_id, id);

    create function record_contact_consent() returns trigger
      language plpgsql security definer set search_path = public
      as $function$
      begin
        insert into contact_consents (organization_id, contact_id, consent, source, happened_at)
        select new.organization_id, new.id, c.consent, c.source, c.happened_at
        from (values
          ('opted_out', new.opt_out_source, new.opted_out_at,
            tg_op = 'INSERT' or old.opted_out_at is distinct from new.opted_out_at),
          ('opted_in', new.opt_in_source, new.opted_in_at,
            tg_op = 'INSERT' or old.opted_in_at is distinct from new.opted_in_at)
        ) as c(consent, source, happened_at, is_new)
        where c.is_new and c.happened_at is not null
        order by c.happened_at;
        return null;
      end $function$;
    revoke all on function record_contact_consent() from public;
    create trigger record_contact_consent_of_new after insert on contacts
      for each row when (new.opted_out_at is not null or new.opted_in_at is not null)
      execute function record_contact_consent();
    create trigger record_contact_consent after update of opted_out_at, opted_in_at on contacts
      for each row when (old.opted_out_at is distinct from new.opted_out_at
        or old.opted_in_at is distinct from new.opted_in_at)
      execute function record_contact_consent();

    -- A person's messages go with the person.
    alter table inbound_messages
      drop constraint inbound_messages_organization_id_contact_id_fkey,
      add foreign key (organization_id, contact_id)
        references contacts (organization_id, id) on delete cascade;

    create table organization_settings (
      organization_id uuid primary key references organizations on delete cascade,
      -- Null: the defaults of core/organizations/consent-words.ts.
      stop_words text[],
      start_words text[],
      pause_marketing_on_red_quality boolean not null default true,
      updated_at timestamptz not null default now()
    );

    alter table whatsapp_templates
      -- The category that Meta has announced, and from when on.
      add column announced_category text,
      add column category_changes_at timestamptz;

    alter table whatsapp_providers
      add column name_status text,
      add column name_rejected_reason text,
      -- The last word of Meta's account_update that concerns sending, and what it said about it.
      add column account_status text,
      add column account_status_reason text,
      add column account_review_status text,
      add column account_alert jsonb,
      -- Meta's own end of a restriction, where it named one.
      add column restricted_until timestamptz;

    -- When Meta last said something of a subject (a template, a number, an account): webhooks come
    -- out of order and again for days, and what is older than this is not applied any more.
    create table webhook_update_times (
      organization_id uuid not null references organizations on delete cascade,
      subject text not null,
      field text not null,
      happened_at timestamptz not null,
      primary key (organization_id, subject, field)
    );

    alter table webhook_events
      -- Meta's own time of the POST's entry.
      add column happened_at timestamptz,
      -- A fingerprint of the app secret that signed it: an event that belonged to nobody may later
      -- be applied only for a number with the same secret.
      add column signed_with bytea,
      add column attempts smallint not null default 0,
      -- When it is tried again by itself; null: only on an operator's word.
      add column next_attempt_at timestamptz;
    create index webhook_events_due on webhook_events (next_attempt_at)
      where next_attempt_at is not null;

    do $$
    declare
      tenant_table text;
    begin
      foreach tenant_table in array array[
        'contact_consents', 'organization_settings', 'webhook_update_times'
      ] loop
        execute format('alter table %I enable row level security', tenant_table);
        execute format('create policy tenant on %I to loudhailer_api
          using (organization_id = (select current_organization_id()))
          with check (organization_id = (select current_organization_id()))', tenant_table);
        execute format('create policy engine on %I to loudhailer_engine
          using (true) with check (true)', tenant_table);
        execute format('grant select, insert, update, delete on %I
          to loudhailer_api, loudhailer_engine', tenant_table);
      end loop;
    end $$;
    -- A history that can be rewritten proves nothing.
    revoke insert, update, delete on contact_consents from loudhailer_api;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop index webhook_events_due;
    alter table webhook_events
      drop column happened_at, drop column signed_with, drop column attempts,
      drop column next_attempt_at;
    drop table webhook_update_times, organization_settings;
    alter table whatsapp_providers
      drop column name_status, drop column name_rejected_reason, drop column account_status,
      drop column account_status_reason, drop column account_review_status,
      drop column account_alert, drop column restricted_until;
    alter table whatsapp_templates
      drop column announced_category, drop column category_changes_at;
    alter table inbound_messages
      drop constraint inbound_messages_organization_id_contact_id_fkey,
      add foreign key (organization_id, contact_id)
        references contacts (organization_id, id) on delete set null (contact_id);
    drop trigger record_contact_consent on contacts;
    drop trigger record_contact_consent_of_new on contacts;
    drop function record_contact_consent();
    drop table contact_consents;
    alter table contacts drop column opt_in_source, drop column last_inbound_at;
    alter table whatsapp_broadcast_recipients
      drop column billable, drop column pricing_category;
  `.execute(db);
}
