import { sql, type Kysely } from "kysely";

/**
 * American spelling and snake_case in what the API shows as it is stored: `canceled`, the role
 * `viewer` (was `member`), `retry_after_24h`.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await rename(db, { cancelled: "canceled", member: "viewer", cap: "retry_after_24h" });
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await rename(db, { cancelled: "cancelled", member: "member", cap: "retry-after-24h" });
}

async function rename(
  db: Kysely<unknown>,
  to: { cancelled: string; member: string; cap: string },
): Promise<void> {
  const isUp = to.cancelled === "canceled";
  const from = isUp
    ? { cancelled: "cancelled", member: "member", cap: "retry-after-24h" }
    : { cancelled: "canceled", member: "viewer", cap: "retry_after_24h" };
  await sql
    .raw(
      `
    alter table whatsapp_broadcasts rename column ${from.cancelled}_count to ${to.cancelled}_count;
    alter table whatsapp_broadcasts rename column ${from.cancelled}_at to ${to.cancelled}_at;
    drop index whatsapp_broadcasts_${isUp ? "cancelling" : "canceling"};
    alter table whatsapp_broadcasts
      drop constraint whatsapp_broadcasts_status_check,
      drop constraint whatsapp_broadcasts_marketing_cap_check;
    update whatsapp_broadcasts set status = '${to.cancelled}' where status = '${from.cancelled}';
    update whatsapp_broadcasts set marketing_cap = '${to.cap}' where marketing_cap = '${from.cap}';
    alter table whatsapp_broadcasts
      add constraint whatsapp_broadcasts_status_check check (status in ('draft', 'scheduled',
        'preparing', 'sending', 'paused', 'completed', '${to.cancelled}', 'failed')),
      add constraint whatsapp_broadcasts_marketing_cap_check
        check (marketing_cap in ('fail', '${to.cap}'));
    create index whatsapp_broadcasts_${isUp ? "canceling" : "cancelling"} on whatsapp_broadcasts (id)
      where status = '${to.cancelled}' and completed_at is null;

    alter table whatsapp_broadcast_recipients
      drop constraint whatsapp_broadcast_recipients_status_check;
    update whatsapp_broadcast_recipients set status = '${to.cancelled}'
      where status = '${from.cancelled}';
    alter table whatsapp_broadcast_recipients
      add constraint whatsapp_broadcast_recipients_status_check check (status in ('pending',
        'sending', 'sent', 'delivered', 'read', 'failed', 'unknown', 'skipped', '${to.cancelled}'));

    alter table members drop constraint members_role_check;
    alter table members alter column role set default '${to.member}';
    update members set role = '${to.member}' where role = '${from.member}';
    alter table members add constraint members_role_check
      check (role in ('owner', 'admin', 'marketer', '${to.member}'));
    update invitations set role = '${to.member}' where role = '${from.member}';

    update audit_log set action = replace(action, '.${from.cancelled}', '.${to.cancelled}')
      where action in ('broadcast.${from.cancelled}', 'invitation.${from.cancelled}');

    -- Stored responses, so that a repeated request is answered with the new names.
    update idempotency_keys set response_body = replace(replace(replace(replace(response_body::text,
        '"${from.cancelled}Count":', '"${to.cancelled}Count":'),
        '"${from.cancelled}At":', '"${to.cancelled}At":'),
        '"status": "${from.cancelled}"', '"status": "${to.cancelled}"'),
        '"marketingCap": "${from.cap}"', '"marketingCap": "${to.cap}"')::jsonb
      where response_body is not null;
  `,
    )
    .execute(db);
}
