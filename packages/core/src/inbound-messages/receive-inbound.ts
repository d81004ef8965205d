import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely, type Transaction } from "kysely";
import { changeConsents, type ConsentChange } from "../contacts/change-consents.ts";
import { changeIdentity } from "../contacts/change-identity.ts";
import { contendedContacts } from "../contacts/contended-contacts.ts";
import { findOtherSpellings } from "../contacts/find-people.ts";
import { ContactGoneError } from "../contacts/merge-contacts.ts";
import { recordPeople } from "../contacts/record-people.ts";
import type { WhatsappPerson } from "../contacts/whatsapp-person.ts";
import type { ApplyOutcome } from "../meta-updates/apply-outcome.ts";
import { readConsent, type ConsentWords } from "../organizations/consent-words.ts";
import { readConsentWords } from "../organizations/read-consent-words.ts";
import { countReplies } from "./count-replies.ts";
import type { InboundItem } from "./inbound-item.ts";
import { storeMessages, type StoredMessage } from "./store-messages.ts";

interface Known {
  item: InboundItem;
  contactId: string;
}

/** Maximum attempts: other transactions may merge or delete contacts during their lookup. */
const attemptsMax = 4;

/**
 * Receives several items in order: finds or creates their contacts, stores their messages, counts
 * replies, and applies opt-outs and opt-ins. Safe to repeat: a message that is already stored
 * changes nothing. Returns one outcome per item. If it fails, some items may have been received.
 * `db` must be on the role loudhailer_engine.
 * @throws DomainError `unavailable` if other transactions change the contacts at every attempt
 */
export async function receiveInbound(
  db: Kysely<Database>,
  items: readonly InboundItem[],
): Promise<ApplyOutcome[]> {
  const outcomes: ApplyOutcome[] = [];
  for (const run of runsOf(items)) {
    for (let attempt = 1; ; attempt++) {
      try {
        outcomes.push(...(await receiveRun(db, run)));
        break;
      } catch (error) {
        if (!(error instanceof ContactGoneError)) throw error;
        if (attempt === attemptsMax) throw contendedContacts();
      }
    }
  }
  return outcomes;
}

/** Splits items into runs that begin at a change of number: earlier messages are the old one's. */
function runsOf(items: readonly InboundItem[]): InboundItem[][] {
  const runs: InboundItem[][] = [];
  for (const item of items) {
    if (item.previous !== null || runs.length === 0) runs.push([]);
    runs.at(-1)?.push(item);
  }
  return runs;
}

async function receiveRun(
  db: Kysely<Database>,
  items: readonly InboundItem[],
): Promise<ApplyOutcome[]> {
  const [first] = items;
  if (first?.previous) await changeIdentityOnce(db, first, first.previous);
  const contactIds = await recordPeople(
    db,
    items.map(({ person }) => person),
  );
  const known = items.map((item, index) => ({ item, contactId: contactIds[index] ?? "" }));
  const wordsOf = await readConsentWords(
    db,
    items.map(({ organizationId }) => organizationId),
  );
  return db.transaction().execute(async (trx) => {
    await holdContacts(trx, contactIds);
    const stored = await storeAll(trx, known);
    const news = known.filter(({ item }) => item.message === null || stored.get(item)?.isNew);
    await countReplies(trx, repliesOf(news, stored));
    // Contacts are changed after recipients and broadcasts, as in every move of recipients.
    await touchContacts(trx, news);
    await changeConsents(trx, await consentsOf(trx, news, wordsOf));
    return items.map((item) => outcomeOf(item, stored.get(item)));
  });
}

/**
 * Changes the contact's identity, unless the notice was received before: by the time Meta repeats
 * it, the number may belong to another person.
 */
async function changeIdentityOnce(
  db: Kysely<Database>,
  { person, message, organizationId }: InboundItem,
  previous: WhatsappPerson,
): Promise<void> {
  const known =
    message &&
    (await db
      .selectFrom("inbound_messages")
      .where("organization_id", "=", organizationId)
      .where("wamid", "=", message.wamid)
      .select("id")
      .executeTakeFirst());
  if (!known) await changeIdentity(db, previous, person);
}

/**
 * Locks contacts against deletion until the transaction ends, before any recipient. Everything else
 * locks contacts last, so a merge or deletion at the same time may end in a deadlock. PostgreSQL
 * then ends one of the two transactions.
 * @throws ContactGoneError if one of them no longer exists
 */
async function holdContacts(
  trx: Transaction<Database>,
  contactIds: readonly string[],
): Promise<void> {
  const ids = [...new Set(contactIds)];
  const { rows } = await sql`
    select from contacts where id = any(${ids}::bigint[]) order by id for key share
  `.execute(trx);
  if (rows.length < ids.length) throw new ContactGoneError();
}

async function storeAll(
  trx: Transaction<Database>,
  known: readonly Known[],
): Promise<Map<InboundItem, StoredMessage>> {
  const messages = known.flatMap(({ item, contactId }) => {
    const { message, organizationId, at } = item;
    return message === null ? [] : [{ item, row: { ...message, organizationId, contactId, at } }];
  });
  if (messages.length === 0) return new Map();
  const stored = await storeMessages(
    trx,
    messages.map(({ row }) => row),
  );
  return new Map(
    messages.flatMap(({ item }, index) => {
      const one = stored[index];
      return one === undefined ? [] : [[item, one] as const];
    }),
  );
}

function repliesOf(news: readonly Known[], stored: ReadonlyMap<InboundItem, StoredMessage>) {
  return news.flatMap(({ item }) => {
    const recipientId = stored.get(item)?.recipientId ?? null;
    return recipientId !== null && item.message?.isReply === true
      ? [{ recipientId, at: item.at }]
      : [];
  });
}

/** Sets the time of the latest message, and the person's own name if the contact has none. */
async function touchContacts(trx: Transaction<Database>, news: readonly Known[]): Promise<void> {
  await sql`
    with input as (
      select contact_id, max(at) as at, min(name) as name
      from unnest(
        ${news.map(({ contactId }) => contactId)}::bigint[],
        ${news.map(({ item }) => (item.message === null ? null : item.at))}::timestamptz[],
        ${news.map(({ item }) => item.person.name)}::text[]
      ) as i(contact_id, at, name)
      group by contact_id
    ),
    locked as materialized (
      select id from contacts where id in (select contact_id from input) order by id for no key update
    )
    update contacts c
    set name = coalesce(c.name, i.name),
      last_inbound_at = greatest(c.last_inbound_at, i.at),
      updated_at = case when c.name is null and i.name is not null then now() else c.updated_at end
    from input i join locked l on l.id = i.contact_id
    where c.id = l.id
      and (i.at > coalesce(c.last_inbound_at, '-infinity') or (c.name is null and i.name is not null))
  `.execute(trx);
}

/** Returns consent changes for every contact with the same phone number in any spelling. */
async function consentsOf(
  trx: Transaction<Database>,
  news: readonly Known[],
  wordsOf: (organizationId: string) => ConsentWords,
): Promise<ConsentChange[]> {
  const given = news.flatMap((one) => {
    const change = consentOf(one, wordsOf);
    return change ? [{ change, person: one.item.person }] : [];
  });
  if (given.length === 0) return [];
  const others = await findOtherSpellings(
    trx,
    given.map(({ person }) => person),
  );
  return given.flatMap(({ change }, index) => {
    const ids = new Set([change.contactId, ...(others[index] ?? [])]);
    return [...ids].map((contactId) => ({ ...change, contactId }));
  });
}

function consentOf(
  { item, contactId }: Known,
  wordsOf: (organizationId: string) => ConsentWords,
): ConsentChange | null {
  const { message, at, preference } = item;
  if (preference !== null) {
    return { contactId, wants: preference === "start", at, source: "meta_user_preferences" };
  }
  // A message in a group is addressed to the group, not to the organization.
  if (message === null || message.isInGroup || !message.isReply) return null;
  const word = readConsent(message.words, wordsOf(item.organizationId));
  return word === null ? null : { contactId, wants: word === "start", at, source: `${word}_word` };
}

function outcomeOf({ message }: InboundItem, stored: StoredMessage | undefined): ApplyOutcome {
  const isReused =
    message !== null && stored?.knownType !== null && stored?.knownType !== message.type;
  return isReused ? { applied: false, reason: "wamid_of_another_message" } : { applied: true };
}
