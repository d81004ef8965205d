import { sql, type Kysely } from "kysely";

/** Drafts that are still incomplete, and what a preflight asks. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table whatsapp_broadcasts
      alter column provider_id drop not null,
      alter column template_id drop not null,
      alter column segment_criteria drop not null,
      add constraint whatsapp_broadcasts_complete check (status = 'draft'
        or provider_id is not null and template_id is not null and segment_criteria is not null),
      -- The zone that the schedule was given in.
      add column time_zone text;

    -- Few rows have an error or a reply, and each is written once: all other updates stay HOT.
    create index whatsapp_broadcast_recipients_errors
      on whatsapp_broadcast_recipients (broadcast_id, id) where error_code is not null;
    create index whatsapp_broadcast_recipients_replied
      on whatsapp_broadcast_recipients (broadcast_id, id) where replied_at is not null;

    -- Whom the number's portfolio has written to within 24 hours, of a number of the organization.
    create function messaging_limit_used(number_id uuid) returns bigint
      language sql stable security definer set search_path = public
      as $function$
        select count(*) from messaging_limit_uses u
        join whatsapp_providers p on p.portfolio_id = u.portfolio_id
        where p.id = number_id and p.organization_id = current_organization_id()
          and u.used_at > now() - interval '24 hours'
      $function$;
    revoke all on function messaging_limit_used(uuid) from public;
    grant execute on function messaging_limit_used(uuid) to loudhailer_api;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop function messaging_limit_used(uuid);
    drop index whatsapp_broadcast_recipients_errors, whatsapp_broadcast_recipients_replied;
    delete from whatsapp_broadcasts
      where provider_id is null or template_id is null or segment_criteria is null;
    alter table whatsapp_broadcasts
      drop column time_zone,
      drop constraint whatsapp_broadcasts_complete,
      alter column provider_id set not null,
      alter column template_id set not null,
      alter column segment_criteria set not null;
  `.execute(db);
}
