import { readIdentityChange, type IdentityChange } from "./identity-change.ts";
import { dateOf, idOf, listOf, recordOf, type LooseRecord } from "./loose-values.ts";
import { digitsOf, personOf, personOfContact, type WebhookPerson } from "./webhook-person.ts";

export interface InboundMessage {
  wamid: string;
  /** `text`, `button`, `interactive`, `image` …, or a type not known yet. */
  type: string;
  timestamp: Date | null;
  /** Null if Meta gives neither a phone number nor a user id. */
  person: WebhookPerson | null;
  /** Id of the message that this one replies or reacts to. */
  contextWamid?: string;
  isInGroup: boolean;
  /**
   * False for types that aren't a person's reply: system notices, edits, revocations, welcome
   * requests, errors and withdrawn reactions.
   */
  isReply: boolean;
  /** Texts that may be a keyword such as STOP: the message's text, a button's payload and title. */
  words: string[];
  identityChange?: IdentityChange;
}

const notices = new Set(["system", "edit", "revoke", "request_welcome", "errors"]);

/**
 * Reads one of a change's `messages`. Returns null if it lacks an id. `contacts` is the list next
 * to `messages`.
 */
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
    isReply: !notices.has(type) && (type !== "reaction" || idOf(reaction?.["emoji"]) !== undefined),
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
  // A single profile with another number (as in a sample of Meta's) only contributes its name.
  const isAnonymous = from === undefined && fromUserId === undefined;
  return personOf({
    waId: from ?? (isAnonymous || profile?.userId === fromUserId ? profile?.waId : undefined),
    userId: fromUserId ?? (isAnonymous || profile?.waId === from ? profile?.userId : undefined),
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
