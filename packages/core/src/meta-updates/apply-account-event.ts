import type { Database } from "@loudhailer/db/database.ts";
import type { AccountNews, AccountUpdate } from "@loudhailer/whatsapp/account-update.ts";
import type { Transaction } from "kysely";
import { pauseSending, sendingBroadcasts } from "../pauses/pause-sending.ts";
import type { ProviderRow } from "../providers/provider-view.ts";
import { meaningOf, type AccountEffect } from "./account-event-meaning.ts";
import { appliedIf, notApplied, type ApplyOutcome } from "./apply-outcome.ts";
import { latestNumbers } from "./lock-numbers.ts";
import type { ProviderUpdate } from "./provider-update.ts";
import { updateNumbers } from "./update-numbers.ts";

/**
 * Does to the account's locked numbers what an event of account_update asks for, and keeps Meta's
 * word of it. What is told, what forbids sending and what takes the account away are kept in order
 * each by itself: a violation that is told first must not hide a ban that comes late.
 */
export async function applyAccountEvent(
  trx: Transaction<Database>,
  numbers: readonly ProviderRow[],
  told: AccountUpdate & { news: AccountNews & { kind: "event" } },
  { organizationId, happenedAt }: ProviderUpdate,
): Promise<ApplyOutcome> {
  const meaning = meaningOf(told.news);
  if (!meaning) return notApplied("unhandled_event");
  const { accountStatus, accountStatusReason, effect } = meaning;
  const concerned = concernedBy(effect, numbers, told.phoneNumber);
  const toldOf = await latestNumbers(trx, concerned, "account_status", happenedAt);
  await updateNumbers(trx, toldOf, {
    account_status: accountStatus,
    account_status_reason: accountStatusReason,
  });
  if (!effect) return appliedIf(toldOf.length > 0);
  const reached = await latestNumbers(trx, concerned, orderOf(effect), happenedAt);
  await carryOut(trx, reached, effect);
  if (reached.length > 0 && "statusReason" in effect) {
    const ids = reached.map(({ id }) => id);
    const theirs = sendingBroadcasts(trx, organizationId).where("provider_id", "in", ids);
    await pauseSending(trx, theirs, effect.statusReason);
  }
  return appliedIf(toldOf.length > 0 || reached.length > 0);
}

/**
 * Bans and restrictions are the account's. Of the rest, what names one of the numbers is about
 * that one: a number in use with the WhatsApp Business app is disconnected by itself.
 */
function concernedBy(
  effect: AccountEffect | null,
  numbers: readonly ProviderRow[],
  phoneNumber: string | null,
): readonly ProviderRow[] {
  if (effect?.kind === "pause" || effect?.kind === "reinstate") return numbers;
  const named = numbers.filter(
    (number) => phoneNumber !== null && number.phone_number?.replaceAll(/\D/g, "") === phoneNumber,
  );
  return named.length > 0 ? named : numbers;
}

function orderOf(effect: AccountEffect): string {
  return effect.kind === "pause" || effect.kind === "reinstate"
    ? "account_sending"
    : "account_connection";
}

async function carryOut(
  trx: Transaction<Database>,
  numbers: readonly ProviderRow[],
  effect: AccountEffect,
): Promise<void> {
  const connected = { status: "connected", status_reason: null } as const;
  switch (effect.kind) {
    case "pause": {
      const { statusReason: status_reason, until } = effect;
      if (status_reason === "account_restricted") {
        await updateNumbers(trx, numbers, { restricted_until: until });
      }
      // One that is disconnected can't send anyway, and needs more than the end of this.
      const paused = numbers.filter(({ status }) => status !== "disconnected");
      return updateNumbers(trx, paused, { status: "paused", status_reason });
    }
    case "reinstate": {
      await updateNumbers(trx, numbers, { restricted_until: null });
      const back = numbers.filter(
        ({ status, status_reason: why }) =>
          status === "paused" && (why === "account_restricted" || why === "account_disabled"),
      );
      return updateNumbers(trx, back, connected);
    }
    case "disconnect": {
      const { statusReason: status_reason } = effect;
      return updateNumbers(trx, numbers, { status: "disconnected", status_reason });
    }
    case "reconnect": {
      const back = numbers.filter(
        ({ status, status_reason: why }) =>
          status === "disconnected" && why === "account_offboarded",
      );
      return updateNumbers(trx, back, connected);
    }
    default:
      return effect satisfies never;
  }
}
