import type { NumberReason } from "@loudhailer/contracts/broadcast-reasons.ts";
import type { AccountNews } from "@loudhailer/whatsapp/account-update.ts";

/** Reasons that a reinstatement of the account ends. */
export const banReasons = [
  "account_restricted",
  "account_disabled",
] as const satisfies readonly NumberReason[];

export type AccountEffect =
  /** Pauses sending, which Meta forbids until `until`; null if Meta gives no end. */
  | { kind: "pause"; statusReason: (typeof banReasons)[number]; until: Date | null }
  /** Ends the pause of the account's numbers. */
  | { kind: "reinstate" }
  /** Disconnects the numbers of an account that Loudhailer can't access any more. */
  | { kind: "disconnect"; statusReason: NumberReason }
  /** Reconnects the numbers of an account that was offboarded. */
  | { kind: "reconnect" };

export interface AccountMeaning {
  /** Meta's own word for the event or the ban's state. */
  accountStatus: string;
  /** Meta's details about it; null if it gave none. */
  accountStatusReason: string | null;
  /** Null if the event is only stored. */
  effect: AccountEffect | null;
}

/** Returns what an account_update event means for sending, or null if it has no meaning for it. */
export function meaningOf(news: AccountNews & { kind: "event" }): AccountMeaning | null {
  const { event, restrictions, violation, disconnection } = news;
  const meaning = (accountStatusReason: string | null, effect: AccountEffect | null) => ({
    accountStatus: event,
    accountStatusReason,
    effect,
  });
  switch (event) {
    case "ACCOUNT_RESTRICTION": {
      const types = restrictions.map(({ type }) => type).join(", ");
      return meaning(types || violation, restrictionEffect(restrictions));
    }
    case "ACCOUNT_VIOLATION":
      return meaning(violation, null);
    case "DISABLED_UPDATE":
      return banMeaning(news);
    case "ACCOUNT_DELETED":
      return meaning(null, { kind: "disconnect", statusReason: "account_deleted" });
    case "ACCOUNT_OFFBOARDED":
      return meaning(null, { kind: "disconnect", statusReason: "account_offboarded" });
    case "PARTNER_REMOVED":
      return meaning(disconnection, { kind: "disconnect", statusReason: "partner_removed" });
    case "PARTNER_APP_UNINSTALLED":
      return meaning(null, { kind: "disconnect", statusReason: "partner_app_uninstalled" });
    case "ACCOUNT_RECONNECTED":
      return meaning(null, { kind: "reconnect" });
    default:
      return null;
  }
}

/**
 * Returns a pause only for a ban on starting conversations, since no other restriction keeps
 * templates from being sent. RESTRICTED_UTILITY_TEMPLATES limits creating them,
 * RESTRICTED_DIRECT_SEND_UTILITY_TEMPLATES limits sends without a template, and
 * RESTRICTED_CUSTOMER_INITIATED_MESSAGING limits answers. The others limit calls and new numbers.
 */
function restrictionEffect(
  restrictions: (AccountNews & { kind: "event" })["restrictions"],
): AccountEffect | null {
  const ban = restrictions.find(({ type }) => type === "RESTRICTED_BIZ_INITIATED_MESSAGING");
  if (!ban) return null;
  return { kind: "pause", statusReason: "account_restricted", until: ban.expiresAt };
}

function banMeaning(news: AccountNews & { kind: "event" }): AccountMeaning {
  // The strictest of several states counts: the sample in Meta's documentation lists all of them.
  const state =
    ["DISABLE", "REINSTATE"].find((word) => news.banStates.includes(word)) ?? news.banStates[0];
  return {
    accountStatus: state ?? news.event,
    accountStatusReason: news.banDate,
    effect: banEffect(state),
  };
}

function banEffect(state: string | undefined): AccountEffect | null {
  if (state === "REINSTATE") return { kind: "reinstate" };
  if (state !== "DISABLE") return null;
  return { kind: "pause", statusReason: "account_disabled", until: null };
}
