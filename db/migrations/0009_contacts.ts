import { sql, type Kysely } from "kysely";

/**
 * Contacts that can be searched by the million, imported at once and undone, changed in bulk, and
 * deleted with all that is known of the person.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Parts of name, e-mail address and phone number: see core/contacts/search-condition.ts.
    drop index contacts_name;
    create index contacts_search on contacts using gin (organization_id,
      (coalesce(name, '') || ' ' || coalesce(email, '') || ' ' || coalesce(phone, '')) gin_trgm_ops)
      -- What is new is merged into the index in larger pieces, which costs an import half as much.
      with (gin_pending_list_limit = 16384);
    alter index contacts_attributes set (gin_pending_list_limit = 16384);
    alter index contacts_tags set (gin_pending_list_limit = 16384);

    -- After an import: merges what is still pending, which every search has to look through until then,
    -- and counts again for the planner. Only an owner may.
    create function settle_contacts() returns void
      language plpgsql security definer set search_path = public
      as $function$
      begin
        perform gin_clean_pending_list('contacts_search');
        perform gin_clean_pending_list('contacts_attributes');
        perform gin_clean_pending_list('contacts_tags');
        analyze contacts;
      end $function$;
    revoke all on function settle_contacts() from public;
    grant execute on function settle_contacts() to loudhailer_api, loudhailer_engine;

    -- Looking up the same organization for each row took a tenth of an import.
    alter table contacts drop constraint contacts_organization_id_fkey;
    create function delete_contacts_of_organizations() returns trigger
      language plpgsql security definer set search_path = public
      as 'begin
        delete from contacts c using gone where c.organization_id = gone.id;
        return null;
      end';
    revoke all on function delete_contacts_of_organizations() from public;
    create trigger delete_contacts_of_organizations after delete on organizations
      referencing old table as gone
      for each statement execute function delete_contacts_of_organizations();

    -- Nearly all are null: they need no place in an index.
    alter table contacts drop constraint contacts_organization_id_whatsapp_user_id_key;
    create unique index contacts_whatsapp_user_id on contacts (organization_id, whatsapp_user_id)
      where whatsapp_user_id is not null;

    -- The import that a contact comes from, for its undo.
    alter table contacts add column import_id uuid;

    -- Reads of contacts by conditions that only an index makes fast (ILIKE, arrays, JSON). Row-level
    -- security evaluates those after its own condition, row by row, as they are not leakproof, so that no
    -- index serves them. The view holds to the same organization, and is no barrier to the planner:
    -- all conditions are ours, and none calls a function of a user's.
    create view tenant_contacts as
      select * from contacts where organization_id = (select current_organization_id());
    grant select on tenant_contacts to loudhailer_api;

    -- Rows go straight into contacts, batch by batch; what an import changed is kept instead.
    update contact_imports set status = 'failed', completed_at = now(), failure_reason =
        'The import was interrupted by an upgrade; no contact was changed. Upload the file again.'
      where status in ('uploading', 'merging');
    drop table contact_import_rows;
    alter table contact_imports
      drop constraint contact_imports_status_check,
      add constraint contact_imports_status_check
        check (status in ('processing', 'completed', 'failed', 'undoing', 'undone')),
      alter column status set default 'processing',
      add column repeated_rows integer not null default 0,
      add column undone_contacts integer not null default 0,
      -- When its process last did something: one that has stopped is undone by another.
      add column active_at timestamptz not null default now(),
      -- Between these are the contacts it made.
      add column first_contact_id bigint,
      add column last_contact_id bigint;
    create index contact_imports_at_work on contact_imports (status)
      where status in ('processing', 'undoing');

    -- What a contact was before an import changed it.
    create table contact_import_changes (
      organization_id uuid not null,
      import_id uuid not null,
      contact_id bigint not null,
      name text,
      email text,
      attributes jsonb not null,
      tags text[] not null,
      -- The contact's updated_at before, and as the import left it: who was changed since stays as they are.
      updated_at timestamptz not null,
      changed_at timestamptz not null,
      primary key (import_id, contact_id),
      foreign key (organization_id, import_id)
        references contact_imports (organization_id, id) on delete cascade,
      foreign key (organization_id, contact_id)
        references contacts (organization_id, id) on delete cascade
    );
    create index on contact_import_changes (organization_id, contact_id);

    -- Every tag and attribute key that an organization has used: a million contacts can't be asked.
    create table contact_labels (
      organization_id uuid not null references organizations on delete cascade,
      kind text not null check (kind in ('tag', 'attribute')),
      label text not null,
      created_at timestamptz not null default now(),
      primary key (organization_id, kind, label)
    );
    insert into contact_labels (organization_id, kind, label)
      select distinct organization_id, 'tag', unnest(tags) from contacts
      union select distinct organization_id, 'attribute', jsonb_object_keys(attributes) from contacts;

    -- What is done to many contacts, in the background, slice by slice.
    create table contact_jobs (
      id uuid primary key default gen_random_uuid(),
      organization_id uuid not null references organizations on delete cascade,
      action jsonb not null,
      segment_criteria jsonb not null,
      status text not null default 'working' check (status in ('working', 'completed', 'failed')),
      failure_reason text,
      cursor bigint not null default 0,
      -- Contacts made later are not meant.
      last_contact_id bigint not null,
      processed_contacts integer not null default 0,
      created_by uuid references users on delete set null,
      created_at timestamptz not null default now(),
      completed_at timestamptz,
      unique (organization_id, id)
    );
    create index on contact_jobs (organization_id, created_at);
    create index contact_jobs_at_work on contact_jobs (id) where status = 'working';

    -- A deleted person's number and values leave the history of broadcasts too.
    grant update (phone, variables) on whatsapp_broadcast_recipients to loudhailer_api;
    -- And go from one contact to the other when two are made one.
    grant update (contact_id) on whatsapp_broadcast_recipients, contact_consents to loudhailer_api;

    do $$
    declare
      tenant_table text;
    begin
      foreach tenant_table in array array[
        'contact_import_changes', 'contact_labels', 'contact_jobs'
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
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    revoke update (phone, variables, contact_id) on whatsapp_broadcast_recipients from loudhailer_api;
    revoke update (contact_id) on contact_consents from loudhailer_api;
    drop table contact_jobs, contact_labels, contact_import_changes;
    drop index contact_imports_at_work;
    delete from contact_imports where status in ('processing', 'undoing', 'undone');
    alter table contact_imports
      drop constraint contact_imports_status_check,
      add constraint contact_imports_status_check
        check (status in ('uploading', 'merging', 'completed', 'failed')),
      alter column status set default 'uploading',
      drop column repeated_rows, drop column undone_contacts, drop column active_at,
      drop column first_contact_id, drop column last_contact_id;
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
    alter table contact_import_rows enable row level security;
    create policy tenant on contact_import_rows to loudhailer_api
      using (organization_id = (select current_organization_id()))
      with check (organization_id = (select current_organization_id()));
    create policy engine on contact_import_rows to loudhailer_engine using (true) with check (true);
    grant select, insert, update, delete on contact_import_rows to loudhailer_api, loudhailer_engine;
    drop trigger delete_contacts_of_organizations on organizations;
    drop function delete_contacts_of_organizations();
    alter table contacts add foreign key (organization_id) references organizations on delete cascade;
    drop view tenant_contacts;
    drop function settle_contacts();
    alter index contacts_attributes reset (gin_pending_list_limit);
    alter index contacts_tags reset (gin_pending_list_limit);
    alter table contacts drop column import_id;
    drop index contacts_whatsapp_user_id;
    alter table contacts add constraint contacts_organization_id_whatsapp_user_id_key
      unique (organization_id, whatsapp_user_id);
    drop index contacts_search;
    create index contacts_name on contacts using gin (organization_id, name gin_trgm_ops);
  `.execute(db);
}
