import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";
import type { FoundContact } from "./find-people.ts";
import { mergeContacts } from "./merge-contacts.ts";
import type { WhatsappPerson } from "./whatsapp-person.ts";

/**
 * Stores a person's phone number and user id on one contact: the one with the phone number, since
 * broadcasts are sent to it. Merges a contact that had only the user id into it; one with another
 * phone number just loses the user id. Returns the contact's id, or null if it was deleted
 * meanwhile.
 * @throws ContactGoneError if one of two contacts to merge was deleted meanwhile
 */
export function linkPerson(
  db: Kysely<Database>,
  person: WhatsappPerson,
  { byPhone, byUserId }: { byPhone: FoundContact | undefined; byUserId: FoundContact | undefined },
): Promise<string | null> {
  const { organizationId, phone, userId } = person;
  return db.transaction().execute(async (trx) => {
    const keep = byPhone ?? byUserId;
    if (!keep) return null;
    const isTwo = byPhone && byUserId && byUserId.id !== byPhone.id;
    if (isTwo) {
      if (byUserId.phone === null) {
        await mergeContacts(trx, { organizationId, fromId: byUserId.id, intoId: byPhone.id });
      } else {
        await sql`
          select from contacts where id in (${byPhone.id}, ${byUserId.id}) order by id for update
        `.execute(trx);
        await trx
          .updateTable("contacts")
          .set({ whatsapp_user_id: null, updated_at: sql`now()` })
          .where("organization_id", "=", organizationId)
          .where("id", "=", byUserId.id)
          .where("whatsapp_user_id", "=", userId)
          .execute();
      }
    }
    const linked = await trx
      .updateTable("contacts")
      .set({
        phone: sql`coalesce(phone, ${phone})`,
        whatsapp_user_id: sql`coalesce(${userId}, whatsapp_user_id)`,
        updated_at: sql`now()`,
      })
      .where("organization_id", "=", organizationId)
      .where("id", "=", keep.id)
      .returning("id")
      .executeTakeFirst();
    return linked?.id ?? null;
  });
}
