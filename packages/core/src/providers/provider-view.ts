import { accountAlert, type ProviderView } from "@loudhailer/contracts/providers.ts";
import type { WhatsappProvidersTable } from "@loudhailer/db/database.ts";
import type { Selectable } from "kysely";
import { describeReason } from "../pauses/describe-reason.ts";

export type ProviderRow = Selectable<WhatsappProvidersTable>;

/** Returns the row without its secrets. */
export function toProviderView(row: ProviderRow, webhookUrl: string): ProviderView {
  return {
    id: row.id,
    phoneNumberId: row.phone_number_id,
    wabaId: row.waba_id,
    phoneNumber: row.phone_number,
    displayName: row.display_name,
    status: row.status,
    statusReason: row.status_reason,
    statusMessage: row.status_reason === null ? null : describeReason(row.status_reason),
    qualityRating: row.quality_rating,
    throughputLevel: row.throughput_level,
    messagesPerSecond: row.messages_per_second,
    currentMessagesPerSecond: row.current_messages_per_second,
    messagingLimit: row.messaging_limit,
    messagingLimitUntil: ifInFuture(row.messaging_limit_until),
    heldUntil: ifInFuture(row.held_until),
    nameStatus: row.name_status,
    nameRejectedReason: row.name_rejected_reason,
    accountStatus: row.account_status,
    accountStatusReason: row.account_status_reason,
    accountReviewStatus: row.account_review_status,
    accountAlert: accountAlert.nullable().parse(row.account_alert),
    restrictedUntil: ifInFuture(row.restricted_until),
    accessTokenExpiresAt: row.access_token_expires_at?.toISOString() ?? null,
    hasAppSecret: row.app_secret !== null,
    webhookUrl,
    webhookVerifyToken: row.webhook_verify_token,
    lastWebhookAt: row.last_webhook_at?.toISOString() ?? null,
    movedAt: row.moved_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** Returns null for a moment that has passed. */
function ifInFuture(until: Date | null): string | null {
  return until !== null && until.getTime() > Date.now() ? until.toISOString() : null;
}
