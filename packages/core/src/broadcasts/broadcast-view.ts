import type { BroadcastView, BroadcastWaiting } from "@loudhailer/contracts/broadcasts.ts";
import {
  normalizeSegmentCriteria,
  segmentCriteria,
} from "@loudhailer/contracts/segment-criteria.ts";
import { templateVariables } from "@loudhailer/contracts/template-variables.ts";
import type { WhatsappBroadcastsTable } from "@loudhailer/db/database.ts";
import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { sql, type Selectable } from "kysely";
import { describeReason } from "../pauses/describe-reason.ts";
import {
  describeMissedSchedule,
  describeWaiting,
  selectWaiting,
  type WaitingColumns,
} from "./broadcast-waiting.ts";
import { isScheduleMissedSql } from "./schedule-grace.ts";

/** A broadcast with its number's current sending rate and the columns for `waiting`. */
export type BroadcastRow = Omit<Selectable<WhatsappBroadcastsTable>, Unfinished> & {
  [K in Unfinished]: Selectable<WhatsappBroadcastsTable>[K] | null;
} & WaitingColumns & {
    current_messages_per_second: number | null;
    provider_name: string | null;
    template_name: string | null;
    is_schedule_missed: boolean;
  };

/** Columns that are null in an incomplete draft. */
type Unfinished = "provider_id" | "template_id" | "segment_criteria";

/** Selects the organization's broadcasts with the columns that `toBroadcastView` needs. */
export function selectBroadcasts(trx: TenantDb, organizationId: string) {
  return trx
    .selectFrom("counted_broadcasts as b")
    .leftJoin("whatsapp_providers as p", "p.id", "b.provider_id")
    .leftJoin("whatsapp_templates as t", "t.id", "b.template_id")
    .leftJoinLateral(selectWaiting, (join) => join.onTrue())
    .where("b.organization_id", "=", organizationId)
    .selectAll("b")
    .selectAll("w")
    .select([
      "p.current_messages_per_second",
      "t.name as template_name",
      sql<string | null>`coalesce(p.display_name, p.phone_number, p.phone_number_id)`.as(
        "provider_name",
      ),
      isScheduleMissedSql("b").as("is_schedule_missed"),
    ]);
}

function waitingOf(row: BroadcastRow, pendingCount: number): BroadcastWaiting | null {
  const { status, scheduled_at: scheduledAt } = row;
  if (status === "sending") {
    const waiting = describeWaiting(row, pendingCount);
    // The recipients that an open retry hasn't reached yet don't wait.
    return waiting?.reason === "retry_later" && row.retry_kind !== null ? null : waiting;
  }
  if (!row.is_schedule_missed || scheduledAt === null) return null;
  return describeMissedSchedule(scheduledAt);
}

export function toBroadcastView(row: BroadcastRow): BroadcastView {
  const settled =
    row.successful_sends +
    row.failed_sends +
    row.skipped_count +
    row.unknown_count +
    row.canceled_count;
  const pendingCount = row.total_recipients - settled;
  return {
    id: row.id,
    name: row.name,
    providerId: row.provider_id,
    providerName: row.provider_name,
    templateId: row.template_id,
    templateName: row.template_name,
    segmentCriteria:
      row.segment_criteria === null
        ? null
        : normalizeSegmentCriteria(segmentCriteria.parse(row.segment_criteria)),
    variables: templateVariables.parse(row.variables),
    marketingCap: row.marketing_cap,
    status: row.status,
    pauseReason: row.pause_reason,
    pauseMessage: row.pause_reason === null ? null : describeReason(row.pause_reason),
    failureReason: row.failure_reason,
    failureMessage: row.failure_reason === null ? null : describeReason(row.failure_reason),
    waiting: waitingOf(row, pendingCount),
    retrying: row.retry_kind,
    totalRecipients: row.total_recipients,
    successfulSends: row.successful_sends,
    failedSends: row.failed_sends,
    deliveredCount: row.delivered_count,
    readCount: row.read_count,
    repliedCount: row.replied_count,
    skippedCount: row.skipped_count,
    unknownCount: row.unknown_count,
    canceledCount: row.canceled_count,
    pendingCount,
    messagesPerSecond: row.current_messages_per_second ?? 0,
    scheduledAt: row.scheduled_at?.toISOString() ?? null,
    timeZone: row.time_zone,
    launchedAt: row.launched_at?.toISOString() ?? null,
    startedAt: row.started_at?.toISOString() ?? null,
    pausedAt: row.paused_at?.toISOString() ?? null,
    completedAt: row.completed_at?.toISOString() ?? null,
    canceledAt: row.canceled_at?.toISOString() ?? null,
    failedAt: row.failed_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
