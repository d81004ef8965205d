import type { AuditAction } from "@loudhailer/contracts/audit-actions.ts";
import type { ContactDetails } from "@loudhailer/contracts/contacts.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";
import { fetchContact } from "./get-contact.ts";

export interface ConsentInput {
  /** The origin of the consent; `api` if missing. */
  source?: string | undefined;
}

/**
 * Opts a contact out, effective from the next claim. A contact who is already opted out keeps the
 * time and source of the first opt-out.
 * @throws DomainError `not_found` if the organization has no such contact
 */
export function optOutContact(
  ctx: TenantContext,
  id: string,
  { source = "api" }: ConsentInput,
): Promise<ContactDetails> {
  return setConsent(ctx, id, {
    action: "contact.opted_out",
    columns: {
      opted_out_at: sql<Date>`coalesce(opted_out_at, now())`,
      opt_out_source: sql<string>`case when opted_out_at is null then ${source}::text else opt_out_source end`,
    },
  });
}

/**
 * Opts a contact in, regardless of earlier consent.
 * @throws DomainError `not_found` if the organization has no such contact
 */
export function optInContact(
  ctx: TenantContext,
  id: string,
  { source = "api" }: ConsentInput,
): Promise<ContactDetails> {
  return setConsent(ctx, id, {
    action: "contact.opted_in",
    columns: {
      opted_out_at: null,
      opt_out_source: null,
      opted_in_at: sql<Date>`now()`,
      opt_in_source: source,
    },
  });
}

function setConsent(
  ctx: TenantContext,
  id: string,
  { action, columns }: { action: AuditAction; columns: object },
): Promise<ContactDetails> {
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable("contacts")
      .set({ ...columns, updated_at: sql`now()` })
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", id)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw new DomainError("not_found", "There is no such contact.");
    await recordAudit(trx, ctx, { action, targetId: id });
    return fetchContact(trx, ctx.organizationId, id);
  });
}
