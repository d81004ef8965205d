import { readIdentityChange, type IdentityChange } from "./identity-change.ts";
import { dateOf, idOf, listOf, recordOf, type LooseRecord } from "./loose-values.ts";
import { digitsOf, personOf, personOfContact, type WebhookPerson } from "./webhook-person.ts";

export interface InboundMessage {
  wamid: string;
  /** text, button, interactive, image … or a word not yet known. */
  type: string;
  timestamp: Date | null;
  /** Null where Meta told neither a phone number nor a user id. */
  person: WebhookPerson | null;
  /** The message that this one answers or reacts to. */
  contextWamid?: string;
  isInGroup: boolean;
  /** False for what no person says to us: system notices, edits, revocations, reactions taken back. */
  isReply: boolean;
  /** What may be a word such as STOP: the text, or a quick reply's payload and title. */
  words: string[];
  identityChange?: IdentityChange;
}

const notSaid = new Set(["system", "edit", "revoke", "request_welcome", "errors"]);

/** One of a change's `messages`; null where it lacks an id. `contacts` is the list beside it. */
export function readInboundMessage(raw: unknown, contacts: unknown): InboundMessage | null {
  const record = recordOf(raw);
  const wamid = idOf(record?.["id"]);
  if (!record || wamid === undefined) return null;
  const type = idOf(record["type"]) ?? "unknown";
  const reaction = recordOf(record["reaction"]);
  const sender = senderOf(record, listOf(contacts));
  const identityChange = type === "system" ? readIdentityChange(record, sender) : null;
  const contextWamid = idOf(recordOf(record["context"])?.["id"]) ?? idOf(reaction?.["message_id"]);
  return {
    wamid,
    type,
    timestamp: dateOf(record["timestamp"]) ?? null,
    person: identityChange?.current ?? sender,
    isInGroup: idOf(record["group_id"]) !== undefined,
    isReply: !notSaid.has(type) && (type !== "reaction" || idOf(reaction?.["emoji"]) !== undefined),
    words: wordsOf(record),
    ...(contextWamid !== undefined && { contextWamid }),
    ...(identityChange && { identityChange }),
  };
}

function senderOf(message: LooseRecord, contacts: readonly unknown[]): WebhookPerson | null {
  const from = digitsOf(message["from"]);
  const fromUserId = idOf(message["from_user_id"]);
  const profiles = contacts.map((contact) => personOfContact(contact));
  const only = profiles.length === 1 ? profiles[0] : undefined;
  const profile =
    profiles.find(
      ({ waId, userId }) =>
        (from !== undefined && waId === from) ||
        (fromUserId !== undefined && userId === fromUserId),
    ) ?? only;
  // A lone profile beside another number (Meta's own sample has one) gives its name at most.
  const isSame = from === undefined && fromUserId === undefined;
  return personOf({
    waId: from ?? (isSame || profile?.userId === fromUserId ? profile?.waId : undefined),
    userId: fromUserId ?? (isSame || profile?.waId === from ? profile?.userId : undefined),
    name: profile?.name,
  });
}

function wordsOf(message: LooseRecord): string[] {
  const button = recordOf(message["button"]);
  const interactive = recordOf(message["interactive"]);
  const reply = recordOf(interactive?.["button_reply"]) ?? recordOf(interactive?.["list_reply"]);
  return [
    recordOf(message["text"])?.["body"],
    button?.["payload"],
    button?.["text"],
    reply?.["id"],
    reply?.["title"],
  ].flatMap((word) => idOf(word) ?? []);
}
