import type { DuplicateView } from "@loudhailer/contracts/contacts.ts";
import type { Page, PageQuery } from "@loudhailer/contracts/pagination.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import type { TenantContext } from "../tenant-context.ts";
import { decodeTextCursor, encodeTextCursor } from "../text-cursor.ts";
import { toPage } from "../to-page.ts";
import { contactColumns, toContact } from "./to-contact.ts";
import { otherSpellingSql } from "./whatsapp-phone.ts";

interface Group {
  reason: DuplicateView["reason"];
  name: string;
  ids: string[];
}

const contactsMax = 10;

/**
 * Returns groups of contacts that seem to be one person: they share an email address, or one phone
 * number in both its spellings.
 * @throws DomainError `invalid_input` if the cursor isn't from this list
 */
export async function listDuplicates(
  ctx: TenantContext,
  { limit, cursor }: PageQuery,
): Promise<Page<DuplicateView>> {
  const { organizationId } = ctx;
  const after = cursor === undefined ? "" : decodeTextCursor(cursor);
  return withTenant(ctx.db, organizationId, async (trx) => {
    const { rows: groups } = await sql<Group>`
      select * from (
        select 'email' as reason, 'email ' || lower(email) as name,
          (array_agg(id::text order by id))[:${sql.lit(contactsMax)}] as ids
        from tenant_contacts
        where organization_id = ${organizationId} and email is not null
        group by lower(email) having count(*) > 1
        union all
        select 'phone_spelling', 'phone ' || c.phone, array[o.id::text, c.id::text]
        from tenant_contacts c
        join tenant_contacts o on o.organization_id = c.organization_id
          and o.phone = ${otherSpellingSql("c.phone")}
        where c.organization_id = ${organizationId} and c.phone like '+5%' and o.id < c.id
      ) g
      where name collate "C" > ${after}
      order by name collate "C"
      limit ${limit + 1}
    `.execute(trx);
    const ids = groups.flatMap((group) => group.ids);
    const rows =
      ids.length === 0
        ? []
        : await trx
            .selectFrom("tenant_contacts")
            .select(contactColumns)
            .where("organization_id", "=", organizationId)
            .where("id", "in", ids)
            .execute();
    const byId = new Map(rows.map((row) => [row.id, toContact(row)]));
    const toDuplicate = ({ reason, ids: ofGroup }: Group) => ({
      reason,
      contacts: ofGroup.flatMap((id) => byId.get(id) ?? []),
    });
    return toPage(groups, limit, toDuplicate, ({ name }) => encodeTextCursor(name));
  });
}
