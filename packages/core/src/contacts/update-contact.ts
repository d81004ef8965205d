import type { ContactDetails, UpdateContactInput } from "@loudhailer/contracts/contacts.ts";
import { attributesMax } from "@loudhailer/contracts/contacts.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import { DomainError } from "../domain-error.ts";
import { invalidRequest } from "../invalid-field.ts";
import type { TenantContext } from "../tenant-context.ts";
import { refuseTaken } from "./create-contact.ts";
import { fetchContact } from "./get-contact.ts";
import { readPhone } from "./read-phone.ts";
import { rememberLabels } from "./remember-labels.ts";

const tagsMax = 100;

/**
 * Updates the given fields of a contact. Attributes are merged with the existing ones, and null
 * removes one. A new phone number doesn't affect running broadcasts.
 * @throws DomainError `not_found` if the organization has no such contact
 * @throws DomainError `invalid_input` if the number isn't valid, or for too many attributes or tags
 * @throws DomainError `conflict` if another contact has the number
 */
export function updateContact(
  ctx: TenantContext,
  id: string,
  input: UpdateContactInput,
): Promise<ContactDetails> {
  const { organizationId } = ctx;
  const phone = input.phone === undefined ? undefined : readPhone(input.phone);
  return withTenant(ctx.db, organizationId, async (trx) => {
    const before = await trx
      .selectFrom("contacts")
      .select(["attributes", "tags"])
      .where("organization_id", "=", organizationId)
      .where("id", "=", id)
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!before) throw new DomainError("not_found", "There is no such contact.");
    if (phone !== undefined) await refuseTaken(trx, organizationId, phone, id);
    const attributes = attributesAfter(before.attributes, input.attributes);
    const tags = tagsAfter(before.tags, input);
    await trx
      .updateTable("contacts")
      .set({
        ...(phone !== undefined && { phone }),
        ...(input.name !== undefined && { name: input.name }),
        ...(input.email !== undefined && { email: input.email }),
        attributes: JSON.stringify(attributes),
        tags,
        updated_at: sql`now()`,
      })
      .where("organization_id", "=", organizationId)
      .where("id", "=", id)
      .execute();
    await rememberLabels(trx, organizationId, { tags, attributes: Object.keys(attributes) });
    await recordAudit(trx, ctx, {
      action: "contact.updated",
      targetId: id,
      details: { changed: Object.keys(input) },
    });
    return fetchContact(trx, organizationId, id);
  });
}

function attributesAfter(
  before: Record<string, unknown>,
  changes: UpdateContactInput["attributes"] = {},
): Record<string, unknown> {
  const after = new Map(Object.entries(before));
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) after.delete(key);
    else after.set(key, value);
  }
  if (after.size > attributesMax && after.size > Object.keys(before).length) {
    throw invalidRequest("attributes", `at most ${attributesMax} attributes`);
  }
  return Object.fromEntries(after);
}

function tagsAfter(
  before: readonly string[],
  { tags, addTags = [], removeTags = [] }: UpdateContactInput,
): string[] {
  const removed = new Set(removeTags);
  const after = [...new Set([...(tags ?? before), ...addTags])].filter((tag) => !removed.has(tag));
  if (after.length > tagsMax && after.length > before.length) {
    throw invalidRequest("addTags", `at most ${tagsMax} tags`);
  }
  return after;
}
