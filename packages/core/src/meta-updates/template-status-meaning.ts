import type { PauseReason } from "@loudhailer/contracts/broadcast-reasons.ts";
import type { WebhookEventReason } from "@loudhailer/contracts/webhook-event-reasons.ts";
import type { Database } from "@loudhailer/db/database.ts";
import type { TemplateNews } from "@loudhailer/whatsapp/template-update.ts";
import { sql, type UpdateObject } from "kysely";

/** Pause reasons of broadcasts, by those of Meta's events that are statuses themselves. */
const pauseReasons: ReadonlyMap<string, PauseReason> = new Map([
  ["REJECTED", "template_rejected"],
  ["PAUSED", "template_paused"],
  ["DISABLED", "template_disabled"],
  ["ARCHIVED", "template_archived"],
  ["IN_APPEAL", "template_in_appeal"],
  ["PENDING", "template_pending"],
  ["PENDING_DELETION", "template_pending_deletion"],
  ["LIMIT_EXCEEDED", "template_limit_exceeded"],
]);

/** Events that don't prevent sending: the template may be disabled soon, or can't be edited. */
const traces: ReadonlyMap<string, WebhookEventReason> = new Map([
  ["FLAGGED", "template_flagged"],
  ["LOCKED", "template_locked"],
]);

const approvals: ReadonlySet<string> = new Set(["APPROVED", "REINSTATED", "UNARCHIVED"]);

export type StatusMeaning =
  | {
      columns: UpdateObject<Database, "whatsapp_templates">;
      /** Why broadcasts are paused; null if the template can be sent. */
      pauseReason: PauseReason | null;
    }
  /** Why the template stays as it is. */
  | { trace: WebhookEventReason };

/** Returns what an event of message_template_status_update changes about a template. */
export function meaningOfStatus({
  event,
  reason,
}: TemplateNews & { kind: "status" }): StatusMeaning {
  if (approvals.has(event)) {
    const columns = { status: "APPROVED", rejected_reason: null, removed_at: null };
    return { columns, pauseReason: null };
  }
  if (event === "DELETED") {
    const columns = { removed_at: sql<Date>`coalesce(removed_at, now())` };
    return { columns, pauseReason: "template_deleted" };
  }
  const pauseReason = pauseReasons.get(event);
  if (pauseReason === undefined) return { trace: traces.get(event) ?? "unknown_event" };
  const rejection = event === "REJECTED" ? { rejected_reason: reason } : {};
  return { columns: { status: event, ...rejection }, pauseReason };
}
