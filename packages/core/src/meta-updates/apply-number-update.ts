import type { Database, WhatsappProvidersTable } from "@loudhailer/db/database.ts";
import { readNumberUpdate, type NumberNews } from "@loudhailer/whatsapp/number-update.ts";
import type { Transaction, Updateable } from "kysely";
import { pauseForQuality } from "../pauses/pause-for-quality.ts";
import { messagesPerSecondOf } from "../providers/number-limits.ts";
import type { ProviderRow } from "../providers/provider-view.ts";
import { appliedIf, notApplied, type ApplyOutcome } from "./apply-outcome.ts";
import { lockNumbers } from "./lock-numbers.ts";
import type { ProviderUpdate } from "./provider-update.ts";
import { setMessagingLimit } from "./set-messaging-limit.ts";
import { setIfLatest } from "./update-numbers.ts";

/**
 * Stores what Meta reports about a number's quality, throughput, messaging limit and name. Pauses
 * the marketing broadcasts of a number that turns RED (pause-for-quality.ts).
 */
export async function applyNumberUpdate(
  trx: Transaction<Database>,
  update: ProviderUpdate,
): Promise<ApplyOutcome> {
  const read = readNumberUpdate(update.field, update.value);
  if (!read) return notApplied("unreadable_update");
  const numbers = await lockNumbers(trx, update);
  const ofAccount = numbers.filter((number) => number.waba_id === update.wabaId);
  const number = findNumber(ofAccount, read.displayPhoneNumber);
  if (!number) return notApplied("unknown_number");
  const { news } = read;
  switch (news.kind) {
    case "name":
      return appliedIf(
        await setIfLatest(trx, [number], "name", nameColumns(news), update.happenedAt),
      );
    case "quality":
      return applyQuality(trx, { number, numbers, news, update });
    default:
      return news satisfies never;
  }
}

function findNumber(
  numbers: readonly ProviderRow[],
  displayPhoneNumber: string | null,
): ProviderRow | undefined {
  // Before a number's first check with Meta only its id is known.
  if (numbers.length === 1 && numbers[0]?.phone_number === null) return numbers[0];
  if (displayPhoneNumber === null) return undefined;
  return numbers.find(
    (number) => number.phone_number?.replaceAll(/\D/g, "") === displayPhoneNumber,
  );
}

function nameColumns(news: NumberNews & { kind: "name" }): Updateable<WhatsappProvidersTable> {
  const isApproved = news.decision === "APPROVED";
  return {
    name_status: news.decision,
    name_rejected_reason: isApproved ? null : news.rejectionReason,
    ...(isApproved && news.requestedName !== null && { display_name: news.requestedName }),
  };
}

async function applyQuality(
  trx: Transaction<Database>,
  input: {
    number: ProviderRow;
    numbers: readonly ProviderRow[];
    news: NumberNews & { kind: "quality" };
    update: ProviderUpdate;
  },
): Promise<ApplyOutcome> {
  const { number, numbers, news, update } = input;
  const change = changeOf(news.event, number);
  if (!change && news.messagingLimit === null) return notApplied("unhandled_event");
  const isLimitSet =
    news.messagingLimit !== null &&
    (await setMessagingLimit(trx, numbers, news.messagingLimit, update.happenedAt));
  const isChanged =
    change !== null &&
    (await setIfLatest(trx, [number], change.field, change.columns, update.happenedAt));
  const isRedNow = isChanged && change.columns.quality_rating === "RED";
  if (isRedNow && number.quality_rating !== "RED") {
    const { organizationId } = update;
    await pauseForQuality(trx, { organizationId, providerId: number.id });
  }
  return appliedIf(isLimitSet || isChanged);
}

interface NumberChange {
  field: "quality" | "throughput";
  columns: Updateable<WhatsappProvidersTable>;
}

/** Returns the change that an event makes, or null if it reports only a messaging limit. */
function changeOf(event: string | null, number: ProviderRow): NumberChange | null {
  switch (event ?? "") {
    case "FLAGGED":
      return { field: "quality", columns: { quality_rating: "RED" } };
    case "UNFLAGGED": {
      // The rating is better than RED, but only a check with Meta shows how much better.
      const isBetter = number.quality_rating === "GREEN";
      return { field: "quality", columns: { quality_rating: isBetter ? "GREEN" : "YELLOW" } };
    }
    case "THROUGHPUT_UPGRADE":
      return { field: "throughput", columns: upgradedColumns(number) };
    default:
      return null;
  }
}

function upgradedColumns(number: ProviderRow): Updateable<WhatsappProvidersTable> {
  const level = { throughput_level: "HIGH" };
  // A rate that an operator has chosen is kept.
  const isDefault =
    number.throughput_level !== "HIGH" &&
    number.messages_per_second === messagesPerSecondOf("STANDARD");
  if (!isDefault) return level;
  const messagesPerSecond = messagesPerSecondOf("HIGH");
  return {
    ...level,
    messages_per_second: messagesPerSecond,
    current_messages_per_second: messagesPerSecond,
  };
}
