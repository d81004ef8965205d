import { narrowTo } from "@loudhailer/contracts/narrow-to.ts";
import {
  webhookEventReasons,
  type WebhookEventReason,
} from "@loudhailer/contracts/webhook-event-reasons.ts";
import type { NotApplied } from "../meta-updates/apply-outcome.ts";

/** The reason of a stored event; null if this version doesn't know it. */
type StoredReason = Omit<NotApplied, "reason"> & { reason: WebhookEventReason | null };

/**
 * Returns the text under which a reason is stored and counted: `unmatched_status`,
 * `refused: 22P05`, or `unmatched_status, refused: 22P05` for an event whose payload was refused.
 */
export function reasonText({ reason, refusedWith }: NotApplied): string {
  if (refusedWith === undefined) return reason;
  return `${reason === "refused" ? "" : `${reason}, `}refused: ${refusedWith}`;
}

/** Reads what `reasonText` has written. */
export function readReason(text: string): StoredReason {
  const [first = "", ...refusals] = text.split(/(?:^|, )refused: /);
  const refusedWith = refusals.at(-1);
  const isBare = first === "" && refusedWith !== undefined;
  const reason = isBare ? "refused" : narrowTo(webhookEventReasons, first);
  return { reason, ...(refusedWith !== undefined && { refusedWith }) };
}

/** Returns whether the part may be stored, as an event of the organization that got it. */
export function mayBeKept({ reason }: NotApplied): boolean {
  return reason !== "status_of_another_organization";
}

const passing: ReadonlySet<WebhookEventReason | null> = new Set([
  // A status can arrive before its send is settled, and an update before its template is synced.
  "unmatched_status",
  "unknown_template",
  // A number can be connected after its webhooks arrive.
  "unknown_number",
  "unknown_waba",
]);

/** Returns whether an event with this reason may apply later without anyone's action. */
export function mayApplyLater({ reason, refusedWith }: StoredReason): boolean {
  return passing.has(reason) || refusedWith !== undefined;
}
