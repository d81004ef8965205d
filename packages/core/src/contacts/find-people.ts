import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";
import type { WhatsappPerson } from "./whatsapp-person.ts";
import { phoneSpellings } from "./whatsapp-phone.ts";

export interface FoundContact {
  id: string;
  phone: string | null;
  userId: string | null;
}

export interface FoundPerson {
  byPhone?: FoundContact;
  byUserId?: FoundContact;
}

/** Returns the contacts with each person's phone number (in any spelling) or user id. */
export async function findPeople(
  db: Kysely<Database>,
  people: readonly WhatsappPerson[],
): Promise<FoundPerson[]> {
  const keys = people.flatMap((person, ordinal) =>
    keysOf(person).map((key) => ({ ordinal, ...key })),
  );
  const { rows } = await sql<FoundContact & { ordinal: number; matched: "phone" | "userId" }>`
    with wanted as (
      select * from unnest(
        ${keys.map(({ ordinal }) => ordinal)}::integer[],
        ${keys.map(({ organizationId }) => organizationId)}::uuid[],
        ${keys.map(({ phone }) => phone)}::text[],
        ${keys.map(({ userId }) => userId)}::text[],
        ${keys.map(({ preference }) => preference)}::integer[]
      ) as w(ordinal, organization_id, phone, user_id, preference)
    )
    select w.ordinal, w.preference, 'phone' as matched, c.id, c.phone,
      c.whatsapp_user_id as "userId"
    from wanted w
    join contacts c on c.organization_id = w.organization_id and c.phone = w.phone
    union all
    select w.ordinal, w.preference, 'userId', c.id, c.phone, c.whatsapp_user_id
    from wanted w
    join contacts c on c.organization_id = w.organization_id and c.whatsapp_user_id = w.user_id
    order by preference
  `.execute(db);
  const found: FoundPerson[] = people.map(() => ({}));
  for (const { ordinal, matched, id, phone, userId } of rows) {
    const person = found[ordinal];
    if (!person) continue;
    if (matched === "phone") person.byPhone ??= { id, phone, userId };
    else person.byUserId ??= { id, phone, userId };
  }
  return found;
}

/**
 * Returns the ids of all contacts with each person's phone number in any spelling; none if the
 * number has only one spelling.
 */
export async function findOtherSpellings(
  db: Kysely<Database>,
  people: readonly WhatsappPerson[],
): Promise<string[][]> {
  const keys = people.flatMap(({ organizationId, phone }, ordinal) => {
    const spellings = phone === null ? [] : phoneSpellings(phone);
    return spellings.length < 2
      ? []
      : spellings.map((spelling) => ({ ordinal, organizationId, phone: spelling }));
  });
  const found: string[][] = people.map(() => []);
  if (keys.length === 0) return found;
  const { rows } = await sql<{ ordinal: number; id: string }>`
    select w.ordinal, c.id
    from unnest(
      ${keys.map(({ ordinal }) => ordinal)}::integer[],
      ${keys.map(({ organizationId }) => organizationId)}::uuid[],
      ${keys.map(({ phone }) => phone)}::text[]
    ) as w(ordinal, organization_id, phone)
    join contacts c on c.organization_id = w.organization_id and c.phone = w.phone
  `.execute(db);
  for (const { ordinal, id } of rows) found[ordinal]?.push(id);
  return found;
}

function keysOf({ organizationId, phone, userId }: WhatsappPerson) {
  const phones = phone === null ? [] : phoneSpellings(phone);
  return [
    ...phones.map((spelling, preference) => ({
      organizationId,
      phone: spelling,
      userId: null,
      preference,
    })),
    ...(userId === null ? [] : [{ organizationId, phone: null, userId, preference: 0 }]),
  ];
}
