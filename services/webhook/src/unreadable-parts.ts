import type { WebhookEvent } from "@loudhailer/core/webhook-events/keep-webhook-events.ts";

/**
 * The parts of a POST that have not the shape of Meta's envelope, as events to keep: the whole of
 * it, an entry without changes, or a change that is no object or whose value is none.
 */
export function unreadableParts(json: unknown): WebhookEvent[] {
  if (!isRecord(json) || !Array.isArray(json["entry"])) return [toEvent(json, null)];
  return json["entry"].flatMap((entry: unknown) => {
    if (!isRecord(entry) || !Array.isArray(entry["changes"])) return [toEvent(entry, null)];
    const wabaId = typeof entry["id"] === "string" ? entry["id"] : null;
    return entry["changes"]
      .filter((change: unknown) => !isRecord(change) || !isRecord(change["value"]))
      .map((change: unknown) => toEvent(change, wabaId));
  });
}

function toEvent(part: unknown, wabaId: string | null): WebhookEvent {
  return {
    organizationId: null,
    wabaId,
    phoneNumberId: null,
    field: "",
    payload: { part },
    reason: "unreadable_shape",
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
