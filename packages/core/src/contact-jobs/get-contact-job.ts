import type { ContactJob } from "@loudhailer/contracts/contacts.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";

/**
 * Returns a contact job.
 * @throws DomainError `not_found` if the organization has no such job
 */
export function getContactJob(ctx: TenantContext, id: string): Promise<ContactJob> {
  return withTenant(ctx.db, ctx.organizationId, (trx) =>
    fetchContactJob(trx, ctx.organizationId, id),
  );
}

/**
 * Does the same as `getContactJob` inside a transaction.
 * @throws DomainError `not_found` if the organization has no such job
 */
export async function fetchContactJob(
  trx: TenantDb,
  organizationId: string,
  id: string,
): Promise<ContactJob> {
  const row = await trx
    .selectFrom("contact_jobs")
    .selectAll()
    .where("organization_id", "=", organizationId)
    .where("id", "=", id)
    .executeTakeFirst();
  if (!row) throw new DomainError("not_found", "There is no such job.");
  return {
    id: row.id,
    status: row.status,
    failureReason: row.failure_reason,
    processedContacts: row.processed_contacts,
    createdAt: row.created_at.toISOString(),
    completedAt: row.completed_at?.toISOString() ?? null,
  };
}
