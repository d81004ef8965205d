import type { AccountNews } from "@loudhailer/whatsapp/account-update.ts";

export type AccountEffect =
  /** Meta forbids sending; `until`: Meta's own end of it. */
  | { kind: "pause"; statusReason: "account_restricted" | "account_disabled"; until: Date | null }
  /** What paused the numbers for the account is over. */
  | { kind: "reinstate" }
  /** The account is out of our reach. */
  | {
      kind: "disconnect";
      statusReason:
        | "account_deleted"
        | "account_offboarded"
        | "partner_removed"
        | "partner_app_uninstalled";
    }
  /** An account that was offboarded is back. */
  | { kind: "reconnect" };

export interface AccountMeaning {
  /** Meta's word, and what it said about it. */
  accountStatus: string;
  accountStatusReason: string | null;
  /** Null where it is only to be told. */
  effect: AccountEffect | null;
}

/** What an event of account_update is for sending; null where it says nothing about it. */
export function meaningOf(news: AccountNews & { kind: "event" }): AccountMeaning | null {
  const { event, restrictions, violation, disconnection } = news;
  const told = (accountStatusReason: string | null, effect: AccountEffect | null) => ({
    accountStatus: event,
    accountStatusReason,
    effect,
  });
  switch (event) {
    case "ACCOUNT_RESTRICTION": {
      const types = restrictions.map(({ type }) => type).join(", ");
      return told(types || violation, restrictionEffect(restrictions));
    }
    case "ACCOUNT_VIOLATION":
      return told(violation, null);
    case "DISABLED_UPDATE":
      return banMeaning(news);
    case "ACCOUNT_DELETED":
      return told(null, { kind: "disconnect", statusReason: "account_deleted" });
    case "ACCOUNT_OFFBOARDED":
      return told(null, { kind: "disconnect", statusReason: "account_offboarded" });
    case "PARTNER_REMOVED":
      return told(disconnection, { kind: "disconnect", statusReason: "partner_removed" });
    case "PARTNER_APP_UNINSTALLED":
      return told(null, { kind: "disconnect", statusReason: "partner_app_uninstalled" });
    case "ACCOUNT_RECONNECTED":
      return told(null, { kind: "reconnect" });
    default:
      return null;
  }
}

/**
 * Only a ban on starting conversations keeps templates from being sent. RESTRICTED_UTILITY_TEMPLATES
 * is about creating them, RESTRICTED_DIRECT_SEND_UTILITY_TEMPLATES about sends without a template,
 * RESTRICTED_CUSTOMER_INITIATED_MESSAGING about answers; the others about calls and new numbers.
 */
function restrictionEffect(
  restrictions: (AccountNews & { kind: "event" })["restrictions"],
): AccountEffect | null {
  const ban = restrictions.find(({ type }) => type === "RESTRICTED_BIZ_INITIATED_MESSAGING");
  if (!ban) return null;
  return { kind: "pause", statusReason: "account_restricted", until: ban.expiresAt };
}

function banMeaning(news: AccountNews & { kind: "event" }): AccountMeaning {
  // Of several the strictest: the documentation's own sample lists all of them.
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
