import { withTenant } from "@loudhailer/db/tenant.ts";
import { recordAudit } from "../audit/record-audit.ts";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";

/**
 * Deletes the number, its secrets and the messages it received.
 * @throws DomainError `conflict` if the number has broadcasts, whose history needs it
 * @throws DomainError `not_found` if the organization has no such number
 */
export function deleteProvider(ctx: TenantContext, providerId: string): Promise<void> {
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    // The row is locked first: a broadcast being created needs it, and waits or is seen below.
    const provider = await trx
      .selectFrom("whatsapp_providers")
      .select("id")
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", providerId)
      .forUpdate()
      .executeTakeFirst();
    if (!provider) throw new DomainError("not_found", "There is no such WhatsApp number.");
    const broadcast = await trx
      .selectFrom("whatsapp_broadcasts")
      .select("id")
      .where("organization_id", "=", ctx.organizationId)
      .where("provider_id", "=", providerId)
      .limit(1)
      .executeTakeFirst();
    if (broadcast) {
      throw new DomainError(
        "conflict",
        "This number has broadcasts, and their history needs it. Delete its drafts; a number that has sent can't be removed.",
      );
    }
    await trx
      .deleteFrom("whatsapp_providers")
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", providerId)
      .execute();
    await recordAudit(trx, ctx, { action: "provider.deleted", targetId: providerId });
  });
}
