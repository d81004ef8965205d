import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";
import { contendedContacts } from "./contended-contacts.ts";
import { findPeople, type FoundPerson } from "./find-people.ts";
import { linkPerson } from "./link-person.ts";
import type { WhatsappPerson } from "./whatsapp-person.ts";

/** Number of attempts: another process may store the same people at the same moment. */
const roundsMax = 4;

/**
 * Returns the contact id of each person, in order, and creates missing contacts. A phone number and
 * a user id that Meta reports for one person end up in one contact.
 * @throws ContactGoneError if a contact was deleted while it was merged
 * @throws DomainError `unavailable` if other transactions change the contacts at every attempt
 */
export async function recordPeople(
  db: Kysely<Database>,
  people: readonly WhatsappPerson[],
): Promise<string[]> {
  const ids = new Map<number, string>();
  for (let round = 0; ids.size < people.length; round++) {
    if (round === roundsMax) throw contendedContacts();
    const open = people.map((_, index) => index).filter((index) => !ids.has(index));
    const wanted = open.flatMap((index) => people[index] ?? []);
    const found = await findPeople(db, wanted);
    const unknown: WhatsappPerson[] = [];
    for (const [place, person] of wanted.entries()) {
      const id = await contactOf(db, person, found[place] ?? {});
      const index = open[place];
      if (id !== null && index !== undefined) ids.set(index, id);
      else unknown.push(person);
    }
    if (unknown.length > 0) await insertPeople(db, unknown);
  }
  return people.map((_, index) => ids.get(index) ?? "");
}

/** Returns the contact's id, or null if it doesn't exist yet or has to be searched again. */
async function contactOf(
  db: Kysely<Database>,
  person: WhatsappPerson,
  { byPhone, byUserId }: FoundPerson,
): Promise<string | null> {
  if (!byPhone) {
    if (!byUserId) return null;
    // A user id changes with the phone number: a contact with another number keeps what it has.
    if (person.phone === null || byUserId.phone !== null) return byUserId.id;
  } else if (person.userId === null || person.userId === byPhone.userId) {
    return byPhone.id;
  }
  return linkPerson(db, person, { byPhone, byUserId });
}

async function insertPeople(
  db: Kysely<Database>,
  people: readonly WhatsappPerson[],
): Promise<void> {
  await sql`
    insert into contacts (organization_id, phone, whatsapp_user_id, name)
    select distinct on (organization_id, coalesce(phone, user_id)) organization_id, phone, user_id, name
    from unnest(
      ${people.map(({ organizationId }) => organizationId)}::uuid[],
      ${people.map(({ phone }) => phone)}::text[],
      ${people.map(({ userId }) => userId)}::text[],
      ${people.map(({ name }) => name)}::text[]
    ) as p(organization_id, phone, user_id, name)
    order by organization_id, coalesce(phone, user_id)
    on conflict do nothing
  `.execute(db);
}
