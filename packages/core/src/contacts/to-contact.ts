import type { Contact } from "@loudhailer/contracts/contacts.ts";
import type { ContactsTable } from "@loudhailer/db/database.ts";
import type { Selectable } from "kysely";

/** Columns that `toContact` reads. */
export const contactColumns = [
  "id",
  "phone",
  "name",
  "email",
  "attributes",
  "tags",
  "opted_out_at",
  "opt_out_source",
  "last_inbound_at",
  "created_at",
  "updated_at",
] as const;

export type ContactRow = Pick<Selectable<ContactsTable>, (typeof contactColumns)[number]>;

/** Converts a row of contacts to the API's form. */
export function toContact(row: ContactRow): Contact {
  return {
    id: row.id,
    phone: row.phone,
    name: row.name,
    email: row.email,
    attributes: row.attributes,
    tags: row.tags,
    optedIn: row.opted_out_at === null,
    optedOutAt: row.opted_out_at?.toISOString() ?? null,
    optOutSource: row.opt_out_source,
    lastInboundAt: row.last_inbound_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
