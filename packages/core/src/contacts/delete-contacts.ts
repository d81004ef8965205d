import type { OwnRecipientCode } from "@loudhailer/contracts/recipient-codes.ts";
import { countMovesSql } from "@loudhailer/db/move-recipients.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";
import { lockForRemoval } from "./lock-audience.ts";

/**
 * Deletes one contact and records it in the audit log.
 * @throws DomainError `not_found` if the organization has no such contact
 */
export function deleteContact(ctx: TenantContext, id: string): Promise<void> {
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const deleted = await deleteContacts(trx, ctx.organizationId, [id]);
    if (deleted === 0) throw new DomainError("not_found", "There is no such contact.");
    await recordAudit(trx, ctx, { action: "contact.deleted", targetId: id });
  });
}

/**
 * Deletes contacts and all data about them, and returns how many were deleted. Messages and
 * consents are deleted with the row. This function also clears their numbers and values in past
 * broadcasts (the counts stay), and deletes stored webhook events, stored responses to repeated
 * requests and rejected import rows that contain them. Pending recipients are skipped. Waits for a slice of
 * recipients that is being frozen, which may have read the contacts.
 *
 * Locks recipients before broadcasts and broadcasts before contacts, like every move of recipients.
 * An inbound message holds its contact first, so the two can deadlock: PostgreSQL then ends one.
 */
export async function deleteContacts(
  trx: TenantDb,
  organizationId: string,
  ids: readonly string[],
): Promise<number> {
  await lockForRemoval(trx, organizationId);
  await forgetRecipients(trx, organizationId, ids);
  const deleted = await trx
    .deleteFrom("contacts")
    .where("organization_id", "=", organizationId)
    .where("id", "in", ids)
    .returning(["id", "phone", "whatsapp_user_id"])
    .execute();
  const names = deleted.flatMap(({ phone, whatsapp_user_id: userId }) =>
    [phone?.slice(1), userId].filter((name) => name !== null && name !== undefined),
  );
  if (names.length > 0) await forgetTraces(trx, organizationId, names);
  return deleted.length;
}

const contactDeleted = sql.lit<OwnRecipientCode>("contact_deleted");

// A message that is being sent was read before its number is cleared here. If its recipient becomes
// pending again, the claim skips it. It keeps its moment, by which a sweep finds it if its
// dispatcher dies.
async function forgetRecipients(
  trx: TenantDb,
  organizationId: string,
  ids: readonly string[],
): Promise<void> {
  await sql`
    with own as materialized (
      select r.id, r.status as old_status from whatsapp_broadcast_recipients r
      where r.organization_id = ${organizationId} and r.contact_id = any(${ids}::bigint[])
      order by r.id for no key update
    ),
    moved as (
      update whatsapp_broadcast_recipients r
      set phone = '', variables = '[]',
        status = case when r.status = 'pending' then 'skipped' else r.status end,
        error_code = case when r.status = 'pending' then ${contactDeleted} else r.error_code end,
        error_title = case when r.status = 'pending' then 'The contact was deleted'
          else r.error_title end,
        next_attempt_at = case when r.status = 'sending' then r.next_attempt_at end
      from own o where r.id = o.id
      returning r.broadcast_id, o.old_status, r.status as new_status
    ),
    ${sql.raw(countMovesSql)}
    select 1
  `.execute(trx);
}

/** Deletes stored rows with a number or user id in their text; both are unique enough for this. */
async function forgetTraces(
  trx: TenantDb,
  organizationId: string,
  names: readonly string[],
): Promise<void> {
  const pattern = names.map((name) => name.replaceAll(/[^\w]/g, String.raw`\$&`)).join("|");
  await sql`
    delete from webhook_events
    where organization_id = ${organizationId} and payload::text ~ ${pattern}
  `.execute(trx);
  await sql`
    delete from idempotency_keys
    where organization_id = ${organizationId} and response_body::text ~ ${pattern}
  `.execute(trx);
  await sql`
    delete from contact_import_rejected_rows
    where organization_id = ${organizationId} and array_to_string(fields, ' ') ~ ${pattern}
  `.execute(trx);
}
