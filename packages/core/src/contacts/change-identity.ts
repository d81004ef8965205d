import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";
import { findPeople, type FoundContact } from "./find-people.ts";
import { mergeContacts } from "./merge-contacts.ts";
import type { WhatsappPerson } from "./whatsapp-person.ts";

/**
 * Gives a contact its new phone number or user id and keeps everything else. If another contact
 * already has the new one, merges both into that contact. Does nothing if no contact has the
 * previous one, so it is safe to repeat.
 * @throws ContactGoneError if a contact was deleted while it was merged
 */
export async function changeIdentity(
  db: Kysely<Database>,
  previous: WhatsappPerson,
  current: WhatsappPerson,
): Promise<void> {
  const { organizationId } = previous;
  await db.transaction().execute(async (trx) => {
    const [before, after] = await findPeople(trx, [previous, current]);
    const contact = before?.byUserId ?? ownerOf(before?.byPhone, previous.userId);
    if (!contact) return;
    const others = [after?.byPhone, after?.byUserId].filter(
      (found) => found !== undefined && found.id !== contact.id,
    );
    const keepId = others[0]?.id ?? contact.id;
    const gone = new Set([contact.id, ...others.map((other) => other?.id ?? keepId)]);
    gone.delete(keepId);
    for (const fromId of gone) await mergeContacts(trx, { organizationId, fromId, intoId: keepId });
    await trx
      .updateTable("contacts")
      .set({
        phone: sql`coalesce(${current.phone}, phone)`,
        whatsapp_user_id: sql`coalesce(${current.userId}, whatsapp_user_id)`,
        updated_at: sql`now()`,
      })
      .where("organization_id", "=", organizationId)
      .where("id", "=", keepId)
      .execute();
  });
}

/** Returns the contact unless its user id shows that the number now belongs to another person. */
function ownerOf(
  byPhone: FoundContact | undefined,
  userId: string | null,
): FoundContact | undefined {
  const isSame = userId === null || byPhone?.userId === null || byPhone?.userId === userId;
  return isSame ? byPhone : undefined;
}
