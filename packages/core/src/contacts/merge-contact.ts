import type { ContactDetails } from "@loudhailer/contracts/contacts.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { recordAudit } from "../audit/record-audit.ts";
import { DomainError } from "../domain-error.ts";
import { invalidField } from "../invalid-field.ts";
import type { TenantContext } from "../tenant-context.ts";
import { fetchContact } from "./get-contact.ts";
import { ContactGoneError, mergeContacts } from "./merge-contacts.ts";

/**
 * Merges contact `fromId` into contact `id` and deletes `fromId`, for one person with two contacts.
 * @throws DomainError `not_found` if the organization has no contact `id`
 * @throws DomainError `invalid_input` if `fromId` is the same contact or not the organization's
 * @throws DomainError `conflict` if one of them was deleted meanwhile
 */
export function mergeContact(
  ctx: TenantContext,
  id: string,
  { fromId }: { fromId: string },
): Promise<ContactDetails> {
  const { organizationId } = ctx;
  return withTenant(ctx.db, organizationId, async (trx) => {
    await fetchContact(trx, organizationId, id);
    const from = await trx
      .selectFrom("contacts")
      .select("id")
      .where("organization_id", "=", organizationId)
      .where("id", "=", fromId)
      .executeTakeFirst();
    if (!from || fromId === id) {
      const message = from ? "is the same contact" : "names no contact of yours";
      throw invalidField("fromId", message);
    }
    try {
      await mergeContacts(trx, { organizationId, fromId, intoId: id });
    } catch (error) {
      if (!(error instanceof ContactGoneError)) throw error;
      throw new DomainError("conflict", "One of the contacts was deleted meanwhile.");
    }
    await recordAudit(trx, ctx, { action: "contact.merged", targetId: id, details: { fromId } });
    return fetchContact(trx, organizationId, id);
  });
}
