import { sql, type Kysely } from "kysely";

/**
 * Three roles, none can log in; a service's connections take one with `-c role=…`:
 * - loudhailer_api: tenant data, only rows of the organization in `app.organization_id`;
 * - loudhailer_auth: accounts and keys, read before the organization is known;
 * - loudhailer_engine: feeder, dispatcher and webhook, which work for every organization.
 *
 * Roles belong to the whole cluster and several databases may migrate at once, hence the
 * advisory lock and the check.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    do $$
    declare
      name text;
    begin
      perform pg_advisory_xact_lock(hashtext('loudhailer roles'));
      foreach name in array array['loudhailer_api', 'loudhailer_auth', 'loudhailer_engine'] loop
        if not exists (select from pg_roles where rolname = name) then
          execute format('create role %I nologin', name);
        end if;
        if not pg_has_role(current_user, name, 'member') then
          execute format('grant %I to current_user', name);
        end if;
        execute format('grant usage on schema public to %I', name);
      end loop;
    end $$;

    create function current_organization_id() returns uuid
      language sql stable parallel safe
      return nullif(current_setting('app.organization_id', true), '')::uuid;

    do $$
    declare
      tenant_table text;
    begin
      foreach tenant_table in array array[
        'whatsapp_providers', 'whatsapp_templates', 'contacts', 'contact_imports',
        'contact_import_rows', 'contact_import_rejected_rows', 'whatsapp_broadcasts',
        'whatsapp_broadcast_recipients', 'inbound_messages', 'webhook_events', 'audit_log',
        'idempotency_keys'
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

      foreach tenant_table in array array['members', 'invitations', 'api_keys'] loop
        execute format('alter table %I enable row level security', tenant_table);
        execute format('create policy tenant on %I to loudhailer_api
          using (organization_id = (select current_organization_id()))
          with check (organization_id = (select current_organization_id()))', tenant_table);
        execute format('create policy auth on %I to loudhailer_auth
          using (true) with check (true)', tenant_table);
        execute format('grant select, insert, update, delete on %I
          to loudhailer_api, loudhailer_auth', tenant_table);
      end loop;
    end $$;

    -- Only an owner may analyze; see core/broadcasts/prepare-broadcast.ts.
    create function analyze_recipients() returns void
      language plpgsql security definer set search_path = public
      as 'begin analyze whatsapp_broadcast_recipients; end';
    revoke all on function analyze_recipients() from public;
    grant execute on function analyze_recipients() to loudhailer_engine;

    alter table organizations enable row level security;
    create policy tenant on organizations to loudhailer_api
      using (id = (select current_organization_id()));
    create policy auth on organizations to loudhailer_auth using (true) with check (true);
    create policy engine on organizations for select to loudhailer_engine using (true);
    grant select on organizations to loudhailer_api, loudhailer_engine;

    grant select, insert, update, delete
      on organizations, users, sessions, accounts, verifications to loudhailer_auth;
    grant select (id, name, email) on users to loudhailer_api;
    grant select, insert, update, delete on dispatchers to loudhailer_engine;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop owned by loudhailer_api, loudhailer_auth, loudhailer_engine;
    drop function analyze_recipients();
    drop function current_organization_id();
  `.execute(db);
}
