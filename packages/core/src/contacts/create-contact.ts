import type { ContactDetails, CreateContactInput } from "@loudhailer/contracts/contacts.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";
import { fetchContact } from "./get-contact.ts";
import { readPhone } from "./read-phone.ts";
import { rememberLabels } from "./remember-labels.ts";
import { phoneSpellings } from "./whatsapp-phone.ts";

/**
 * Creates a contact with its tags, attributes and consent.
 * @throws DomainError `invalid_input` if the phone number or the default country isn't valid
 * @throws DomainError `conflict` if a contact already has the number in any spelling. The details
 *   have its id, or null if it was created at the same moment
 */
export function createContact(
  ctx: TenantContext,
  input: CreateContactInput,
): Promise<ContactDetails> {
  const { organizationId } = ctx;
  const phone = readPhone(input.phone, input.defaultCountry);
  const { name = null, email = null, attributes = {}, tags = [], optedIn } = input;
  return withTenant(ctx.db, organizationId, async (trx) => {
    await refuseTaken(trx, organizationId, phone);
    const created = await trx
      .insertInto("contacts")
      .values({
        organization_id: organizationId,
        phone,
        name,
        email,
        attributes: JSON.stringify(attributes),
        tags: [...new Set(tags)],
        ...(optedIn === true && { opted_in_at: sql`now()`, opt_in_source: "api" }),
        ...(optedIn === false && { opted_out_at: sql`now()`, opt_out_source: "api" }),
      })
      .onConflict((conflict) => conflict.columns(["organization_id", "phone"]).doNothing())
      .returning("id")
      .executeTakeFirst();
    if (!created) throw phoneTaken(null);
    await rememberLabels(trx, organizationId, { tags, attributes: Object.keys(attributes) });
    await recordAudit(trx, ctx, { action: "contact.created", targetId: created.id });
    return fetchContact(trx, organizationId, created.id);
  });
}

/**
 * Checks that no contact but the one with `ownId` has the number in any spelling.
 * @throws DomainError `conflict` with the other contact's id
 */
export async function refuseTaken(
  trx: TenantDb,
  organizationId: string,
  phone: string,
  ownId?: string,
): Promise<void> {
  const others = await trx
    .selectFrom("contacts")
    .select("id")
    .where("organization_id", "=", organizationId)
    .where("phone", "in", phoneSpellings(phone))
    .execute();
  // An id of a request may have leading zeros.
  const other = others.find(({ id }) => ownId === undefined || BigInt(id) !== BigInt(ownId));
  if (other) throw phoneTaken(other.id);
}

function phoneTaken(contactId: string | null): DomainError {
  return new DomainError("conflict", "There is a contact with this phone number already.", {
    contactId,
  });
}
