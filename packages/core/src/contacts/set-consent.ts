import type { ContactDetails } from "@loudhailer/contracts/contacts.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";
import { fetchContact } from "./get-contact.ts";

export interface ConsentInput {
  /** How the person said so. */
  source?: string | undefined;
}

/** No more messages, from the next claim on; what is said once more changes nothing. Throws `not_found`. */
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

/** Messages are wanted, whatever was said before. Throws `not_found`. */
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
  { action, columns }: { action: string; columns: object },
): Promise<ContactDetails> {
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable("contacts")
      .set({ ...columns, updated_at: sql`now()` })
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", id)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw new DomainError("not_found", "There is no such contact.");
    await recordAudit(trx, ctx, { action, targetType: "contact", targetId: id });
    return fetchContact(trx, ctx.organizationId, id);
  });
}
