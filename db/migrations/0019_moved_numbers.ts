import { sql, type Kysely } from "kysely";

/**
 * A number may move to another organization once it is disconnected. Its former row stays for the
 * history of its broadcasts, and only the row without `moved_at` owns the number.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table whatsapp_providers
      add column moved_at timestamptz,
      drop constraint whatsapp_providers_phone_number_id_key;
    create unique index whatsapp_providers_phone_number_id_key
      on whatsapp_providers (phone_number_id) where moved_at is null;

    -- Takes a disconnected number from another organization, for the one that is connecting it. That
    -- organization sees none of the other's rows, hence the rights of the owner.
    create function take_disconnected_number(number_id text) returns void
      language plpgsql security definer set search_path = public
      as $function$
      declare
        former whatsapp_providers;
      begin
        update whatsapp_providers
        set moved_at = now(), status_reason = 'number_moved', held_until = null,
          messaging_limit_until = null, updated_at = now(),
          -- Nothing proves itself with the former token any more, and a seed may use it again.
          webhook_verify_token = 'moved ' || gen_random_uuid()
        where phone_number_id = number_id and moved_at is null and status = 'disconnected'
          and organization_id <> current_organization_id()
        returning * into former;
        if former.id is null then
          return;
        end if;
        perform from whatsapp_broadcasts
          where provider_id = former.id and status in ('sending', 'paused')
          order by id for no key update;
        update whatsapp_broadcasts
        set status = 'paused', pause_reason = 'number_moved',
          paused_at = coalesce(paused_at, now()), updated_at = now()
        where provider_id = former.id and status in ('sending', 'paused')
          -- The engine must not prepare the rest of these again.
          and coalesce(pause_reason, '') <> 'audience_incomplete';
        insert into audit_log (organization_id, action, target_type, target_id)
        values (former.organization_id, 'provider.moved', 'provider', former.id);
      end
      $function$;
    revoke all on function take_disconnected_number(text) from public;
    grant execute on function take_disconnected_number(text) to loudhailer_api;
  `.execute(db);
}

/** Former rows keep their history and get a phone number id of their own, since it was unique. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop function take_disconnected_number(text);
    update whatsapp_providers
      set phone_number_id = phone_number_id || ' moved ' || id, status_reason = 'number_refused'
      where moved_at is not null;
    update whatsapp_broadcasts set pause_reason = 'number_refused'
      where pause_reason = 'number_moved';
    delete from audit_log where action = 'provider.moved';
    drop index whatsapp_providers_phone_number_id_key;
    alter table whatsapp_providers
      drop column moved_at,
      add constraint whatsapp_providers_phone_number_id_key unique (phone_number_id);
  `.execute(db);
}
