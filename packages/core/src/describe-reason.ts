import { isKnownCode, ruleFor } from "@loudhailer/whatsapp/error-taxonomy.ts";

/** Reasons of our own for which a broadcast or a number stands still, or a broadcast failed. */
const ownReasons: ReadonlyMap<string, string> = new Map(
  Object.entries({
    // Broadcasts that are paused.
    paused_by_operator: "Somebody paused this broadcast; resume it to go on where it stopped.",
    token_unreadable:
      "The number's access token can't be decrypted with this server's ENCRYPTION_KEYS: add the key it was saved with, or give the number a new access token; the broadcast then goes on where it stopped.",
    rows_refused:
      "The template and the variables don't fit: Meta refuses most messages of this broadcast for their values. The list of failures says why; correct the contacts, then resume.",
    audience_incomplete:
      "The rest of the audience could not be put together from this segment and these variables; resume to try again from there, or cancel: who was put together before that gets the message.",

    // Broadcasts that failed.
    no_recipients:
      "Nobody was in the segment when the broadcast started; check the segment and make a new broadcast.",
    all_recipients_skipped:
      "Every recipient was skipped; the list of failures says what is missing. Fill it in, or give the variables a fallback, and make a new broadcast.",
    all_recipients_failed:
      "No message could be delivered to Meta; the list of failures says why. Mend that, then retry those who failed.",
    could_not_be_prepared:
      "The audience could not be put together from this segment and these variables; check both and make a new broadcast.",

    // What launch-due-broadcasts.ts writes: the code of what kept a schedule from being sent.
    invalid_input:
      "When its time came, the number, the template, the variables and the segment no longer fitted together; make a new broadcast.",
    broadcast_not_sendable:
      "When its time came, the WhatsApp number was not connected; mend the number and make a new broadcast.",
    template_not_approved:
      "When its time came, the template was not approved; choose another template, or sync templates once Meta has approved it, and make a new broadcast.",

    // Numbers that a check found disconnected.
    number_refused:
      "Meta doesn't show this phone number to the access token: check the phone number id, and that the token's system user has access to the number.",
    waba_refused:
      "The phone number doesn't stand under the WhatsApp Business Account given, or the access token may not see that account: check the account's id and the token's access.",
    permissions_missing:
      "The access token lacks a permission: create a token with whatsapp_business_messaging and whatsapp_business_management, and give it to the number.",
  }),
);

/** `meta_190`: Meta's code 190. */
function metaCodeOf(reason: string): number | null {
  const [, digits] = /^meta_(\d{1,9})$/.exec(reason) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** Whether `describeReason` has words of its own for it. */
export function isKnownReason(reason: string): boolean {
  const code = metaCodeOf(reason);
  return code === null ? ownReasons.has(reason) : isKnownCode(code);
}

/**
 * A machine-readable reason in words for a marketer: what it means and what to do. One that we
 * don't know is answered as it is.
 */
export function describeReason(reason: string): string {
  const code = metaCodeOf(reason);
  if (code === null) return ownReasons.get(reason) ?? reason;
  const { title, advice } = ruleFor(code);
  return `${title} (code ${code}). ${advice}`;
}

/** Whether a new access token mends it. */
export function isTokenReason(reason: string): boolean {
  const code = metaCodeOf(reason);
  return code === null ? reason === "token_unreadable" : ruleFor(code).scope === "token";
}
