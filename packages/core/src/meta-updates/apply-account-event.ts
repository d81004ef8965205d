import { ownNumberReasons } from "@loudhailer/contracts/broadcast-reasons.ts";
import { narrowTo } from "@loudhailer/contracts/narrow-to.ts";
import type { Database } from "@loudhailer/db/database.ts";
import type { AccountNews, AccountUpdate } from "@loudhailer/whatsapp/account-update.ts";
import type { Transaction } from "kysely";
import { pauseSending, sendingBroadcasts } from "../pauses/pause-sending.ts";
import type { ProviderRow } from "../providers/provider-view.ts";
import { banReasons, meaningOf, type AccountEffect } from "./account-event-meaning.ts";
import { appliedIf, notApplied, type ApplyOutcome } from "./apply-outcome.ts";
import { latestNumbers } from "./lock-numbers.ts";
import type { ProviderUpdate } from "./provider-update.ts";
import { updateNumbers } from "./update-numbers.ts";

/**
 * Applies an account_update event to the account's locked numbers and stores Meta's status. The
 * status, bans and the connection are each ordered separately: a violation that arrives first must
 * not hide a ban that arrives late.
 */
export async function applyAccountEvent(
  trx: Transaction<Database>,
  numbers: readonly ProviderRow[],
  accountUpdate: AccountUpdate & { news: AccountNews & { kind: "event" } },
  { organizationId, happenedAt }: ProviderUpdate,
): Promise<ApplyOutcome> {
  const meaning = meaningOf(accountUpdate.news);
  if (!meaning) return notApplied("unhandled_event");
  const { accountStatus, accountStatusReason, effect } = meaning;
  const concerned = concernedBy(effect, numbers, accountUpdate.phoneNumber);
  const latest = await latestNumbers(trx, concerned, "account_status", happenedAt);
  await updateNumbers(trx, latest, {
    account_status: accountStatus,
    account_status_reason: accountStatusReason,
  });
  if (!effect) return appliedIf(latest.length > 0);
  const affected = await latestNumbers(trx, concerned, orderOf(effect), happenedAt);
  await carryOut(trx, affected, effect);
  if (affected.length > 0 && "statusReason" in effect) {
    const ids = affected.map(({ id }) => id);
    const theirs = sendingBroadcasts(trx, organizationId).where("provider_id", "in", ids);
    await pauseSending(trx, theirs, effect.statusReason);
  }
  return appliedIf(latest.length > 0 || affected.length > 0);
}

/**
 * Returns the numbers that an event concerns. Bans and restrictions concern the whole account. Any
 * other event that names one of the numbers concerns only that one: a number in use with the
 * WhatsApp Business app is disconnected separately.
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
      // A disconnected number can't send anyway, and the end of the ban wouldn't reconnect it.
      const paused = numbers.filter(({ status }) => status !== "disconnected");
      return updateNumbers(trx, paused, { status: "paused", status_reason });
    }
    case "reinstate": {
      await updateNumbers(trx, numbers, { restricted_until: null });
      const back = numbers.filter(
        ({ status, status_reason: why }) =>
          status === "paused" && narrowTo(banReasons, why) !== null,
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
          status === "disconnected" && narrowTo(ownNumberReasons, why) === "account_offboarded",
      );
      return updateNumbers(trx, back, connected);
    }
    default:
      return effect satisfies never;
  }
}
