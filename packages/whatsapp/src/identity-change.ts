import { idOf, recordOf, type LooseRecord } from "./loose-values.ts";
import { digitsOf, personOf, type WebhookPerson } from "./webhook-person.ts";

/** Change of a person's phone number or user id. */
export interface IdentityChange {
  previous: WebhookPerson;
  current: WebhookPerson;
}

// "User A changed from US.1 to US.2": only this text contains the old id. Matched only at the end
// of the text, because the person chooses the name.
const changedFrom = /changed from (\S+) to (\S+?)\.?$/;

/**
 * Reads the change of the sender's phone number or user id from a message of type `system`. Returns
 * null if there is none.
 */
export function readIdentityChange(
  message: LooseRecord,
  sender: WebhookPerson | null,
): IdentityChange | null {
  const system = recordOf(message["system"]) ?? {};
  const [, before, after] = changedFrom.exec(idOf(system["body"]) ?? "") ?? [];
  const userId = idOf(system["user_id"]);
  switch (system["type"]) {
    case "user_changed_number": {
      // Older webhooks from Meta have `new_wa_id`.
      const waId = digitsOf(system["wa_id"]) ?? digitsOf(system["new_wa_id"]) ?? digitsOf(after);
      const previous = sender ?? personOf({ waId: digitsOf(before), userId: undefined });
      return changeOf(previous, personOf({ waId, userId }));
    }
    case "user_changed_user_id": {
      const previousId = idOf(system["previous_user_id"]) ?? before ?? sender?.userId;
      const waId = digitsOf(system["wa_id"]) ?? sender?.waId;
      return changeOf(
        personOf({ waId: sender?.waId, userId: previousId }),
        personOf({ waId, userId: userId ?? after }),
      );
    }
    default:
      return null;
  }
}

function changeOf(
  previous: WebhookPerson | null,
  current: WebhookPerson | null,
): IdentityChange | null {
  return previous && current ? { previous, current } : null;
}
