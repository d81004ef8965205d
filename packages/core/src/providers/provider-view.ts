import type { ProviderView } from "@loudhailer/contracts/providers.ts";
import type { WhatsappProvidersTable } from "@loudhailer/db/database.ts";
import type { Selectable } from "kysely";

export type ProviderRow = Selectable<WhatsappProvidersTable>;

/** The row without its secrets. */
export function toProviderView(row: ProviderRow, webhookUrl: string): ProviderView {
  return {
    id: row.id,
    phoneNumberId: row.phone_number_id,
    wabaId: row.waba_id,
    phoneNumber: row.phone_number,
    displayName: row.display_name,
    status: row.status,
    statusReason: row.status_reason,
    qualityRating: row.quality_rating,
    throughputLevel: row.throughput_level,
    messagesPerSecond: row.messages_per_second,
    currentMessagesPerSecond: row.current_messages_per_second,
    messagingLimit: row.messaging_limit,
    hasAppSecret: row.app_secret !== null,
    webhookUrl,
    webhookVerifyToken: row.webhook_verify_token,
    lastWebhookAt: row.last_webhook_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
