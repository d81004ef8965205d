import { recordOf } from "@loudhailer/whatsapp/loose-values.ts";
import type { WebhookEvent } from "./keep-webhook-events.ts";

/** Maximum parts to store separately; a POST with more is stored whole. */
const partsMax = 1_000;

/**
 * Returns the parts of a POST that don't have the shape of Meta's envelope, as events to store: the
 * whole POST, an entry without changes, or a change that isn't an object or whose value isn't one.
 */
export function unreadableParts(json: unknown, signedWith: Buffer | null): WebhookEvent[] {
  const parts = findParts(json);
  return (parts.length > partsMax ? [{ part: json, wabaId: null }] : parts).map((part) =>
    toEvent(part, signedWith),
  );
}

interface UnreadablePart {
  part: unknown;
  wabaId: string | null;
}

function findParts(json: unknown): UnreadablePart[] {
  const entries = recordOf(json)?.["entry"];
  if (!Array.isArray(entries)) return [{ part: json, wabaId: null }];
  return entries.flatMap((raw: unknown) => {
    const entry = recordOf(raw);
    const changes = entry?.["changes"];
    if (!Array.isArray(changes)) return [{ part: raw, wabaId: null }];
    const wabaId = typeof entry?.["id"] === "string" ? entry["id"] : null;
    return changes
      .filter((change: unknown) => recordOf(recordOf(change)?.["value"]) === undefined)
      .map((part: unknown) => ({ part, wabaId }));
  });
}

function toEvent({ part, wabaId }: UnreadablePart, signedWith: Buffer | null): WebhookEvent {
  return {
    organizationId: null,
    wabaId,
    phoneNumberId: null,
    field: "",
    payload: { part },
    happenedAt: null,
    signedWith,
    reason: "unreadable_shape",
  };
}
