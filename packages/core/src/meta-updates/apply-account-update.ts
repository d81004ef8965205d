import type { Database } from "@loudhailer/db/database.ts";
import { readAccountUpdate } from "@loudhailer/whatsapp/account-update.ts";
import type { Transaction } from "kysely";
import { applyAccountEvent } from "./apply-account-event.ts";
import { appliedIf, notApplied, type ApplyOutcome } from "./apply-outcome.ts";
import { lockNumbers } from "./lock-numbers.ts";
import type { ProviderUpdate } from "./provider-update.ts";
import { setMessagingLimit } from "./set-messaging-limit.ts";
import { setIfLatest } from "./update-numbers.ts";

/**
 * Stores what Meta reports about a WhatsApp Business Account with the organization's numbers in it.
 * If Meta forbids sending, pauses or disconnects the numbers and pauses their broadcasts.
 */
export async function applyAccountUpdate(
  trx: Transaction<Database>,
  update: ProviderUpdate,
): Promise<ApplyOutcome> {
  const read = readAccountUpdate(update.field, update.value);
  if (!read) return notApplied("unreadable_update");
  const { happenedAt } = update;
  const ofPortfolio = await lockNumbers(trx, update);
  const numbers = ofPortfolio.filter((number) => number.waba_id === update.wabaId);
  if (numbers.length === 0) return notApplied("unknown_waba");
  const { news } = read;
  switch (news.kind) {
    case "event":
      return applyAccountEvent(trx, numbers, { ...read, news }, update);
    case "review": {
      const columns = { account_review_status: news.decision };
      return appliedIf(await setIfLatest(trx, numbers, "account_review", columns, happenedAt));
    }
    case "alert": {
      const columns = { account_alert: JSON.stringify(news.alert) };
      return appliedIf(await setIfLatest(trx, numbers, "account_alert", columns, happenedAt));
    }
    case "messaging-limit":
      return appliedIf(await setMessagingLimit(trx, ofPortfolio, news.messagingLimit, happenedAt));
    default:
      return news satisfies never;
  }
}
