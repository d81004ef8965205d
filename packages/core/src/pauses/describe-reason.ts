import { failureReasons, ownPauseReasons } from "@loudhailer/contracts/broadcast-reasons.ts";
import { narrowTo } from "@loudhailer/contracts/narrow-to.ts";
import { ruleFor } from "@loudhailer/whatsapp/error-taxonomy.ts";

/** Loudhailer's own reasons why a broadcast or a number is stopped, or why a broadcast failed. */
const ownReasons = [...ownPauseReasons, ...failureReasons] as const;

const sentences: Record<(typeof ownReasons)[number], string> = {
  // Paused broadcasts.
  paused_by_operator: "Somebody paused this broadcast; resume it to go on where it stopped.",
  token_unreadable:
    "The number's access token can't be decrypted with this server's ENCRYPTION_KEYS: add the key it was saved with, or give the number a new access token; the broadcast then goes on where it stopped.",
  rows_refused:
    "The template and the variables don't fit: Meta refuses most messages of this broadcast for their values. The list of failures says why; correct the contacts, then resume.",
  audience_incomplete:
    "The rest of the audience could not be put together from this segment and these variables; resume to try again from there, or cancel: who was put together before that gets the message.",
  unexpected_error:
    "Loudhailer met an unexpected error in this broadcast and stopped it. If it is paused, resume it to try again; if it failed, make a new broadcast. The log of the service has the details.",
  quality_red:
    "Meta rates the number's quality RED: too many people block or report its messages. Find out which messages and whom they went to, send to fewer people or wait until the rating is better, then resume. The organization's settings can turn this pause off.",

  template_edited:
    "The template was edited at Meta while this broadcast was sending. Read the present version on the template's page, then resume to send it to the remaining recipients, or cancel. Recipients who were written to before keep the former version.",

  // Broadcasts whose template Meta currently doesn't allow to be sent.
  template_paused:
    "Meta has paused the template for its quality, for 3 or 6 hours; the third time it is disabled. Improve the template, and resume once Meta has approved it again.",
  template_disabled:
    "Meta has disabled the template. Appeal in WhatsApp Manager and resume once it is approved again, or make a new broadcast with another template.",
  template_rejected:
    "Meta has rejected the template; its page says why. Edit or appeal it in WhatsApp Manager and resume once it is approved again, or make a new broadcast with another template.",
  template_archived:
    "Meta has archived the template, as it was not used for a long time. Unarchive it in WhatsApp Manager, then resume.",
  template_in_appeal:
    "The template is under appeal with Meta; resume once Meta has approved it again.",
  template_pending:
    "Meta reviews the template, as it was edited; resume once Meta has approved it again.",
  template_pending_deletion:
    "The template is being deleted at Meta; make a new broadcast with another template.",
  template_deleted: "The template was deleted at Meta; make a new broadcast with another template.",
  template_limit_exceeded:
    "The WhatsApp Business Account has more templates than Meta allows. Delete some in WhatsApp Manager, and resume once Meta has approved this one again.",

  // Numbers that can't send because of their account's state at Meta, and their broadcasts.
  account_restricted:
    "Meta doesn't let this WhatsApp Business Account start conversations for now. WhatsApp Manager says why, until when, and how to ask for a review; once it is over, check the number and resume the broadcasts.",
  account_disabled:
    "Meta has disabled this WhatsApp Business Account. Ask for a review in WhatsApp Manager; once Meta has reinstated it, resume the broadcasts.",
  account_deleted:
    "The WhatsApp Business Account was deleted at Meta: connect a number of another account.",
  account_offboarded:
    "The number was taken off the platform, since the WhatsApp Business app moved to another device or the number was registered again. Connect it in the app again, then check the number and resume the broadcasts.",
  partner_removed:
    "The WhatsApp Business Account is no longer shared with this platform. Share it again, give the number a new access token, and resume the broadcasts.",
  partner_app_uninstalled:
    "The app was taken away from the WhatsApp Business Account. Install it again, give the number a new access token, and resume the broadcasts.",

  // Failed broadcasts.
  no_recipients:
    "Nobody was in the segment when the broadcast started; check the segment and make a new broadcast.",
  all_recipients_skipped:
    "Every recipient was skipped; the list of failures says what is missing. Fill it in, or give the variables a fallback, and make a new broadcast.",
  all_recipients_failed:
    "No message could be delivered to Meta; the list of failures says why. Mend that, then retry those who failed.",
  could_not_be_prepared:
    "The audience could not be put together from this segment and these variables; check both and make a new broadcast.",

  // Error codes that launch-due-broadcasts.ts stores when a scheduled broadcast can't be sent.
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
  number_moved:
    "Another organization has connected this number, so it can't send from here. Its history stays. Make a new broadcast with another number, or connect this one again once it is disconnected there.",
  permissions_missing:
    "The access token lacks a permission: create a token with whatsapp_business_messaging and whatsapp_business_management, and give it to the number.",
};

/** Returns Meta's code in a reason (190 for `meta_190`), or null if the reason isn't Meta's. */
function metaCodeOf(reason: string): number | null {
  const [, digits] = /^meta_(\d{1,9})$/.exec(reason) ?? [];
  return digits === undefined ? null : Number(digits);
}

/**
 * Describes a machine-readable reason for a marketer: what it means and what to do. Returns an
 * unknown reason unchanged.
 */
export function describeReason(reason: string): string {
  const code = metaCodeOf(reason);
  if (code === null) {
    const own = narrowTo(ownReasons, reason);
    return own === null ? reason : sentences[own];
  }
  const { title, advice } = ruleFor(code);
  return `${title} (code ${code}). ${advice}`;
}

/** Returns whether a new access token fixes the cause. */
export function isTokenReason(reason: string): boolean {
  const code = metaCodeOf(reason);
  if (code !== null) return ruleFor(code).scope === "token";
  return narrowTo(ownPauseReasons, reason) === "token_unreadable";
}
