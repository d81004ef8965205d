import type { WebhookEventReason } from "@loudhailer/contracts/webhook-event-reasons.ts";
import { otherPartsOf } from "@loudhailer/whatsapp/other-parts.ts";
import type { InboundItem } from "../inbound-messages/inbound-item.ts";
import { isUpdateField } from "../meta-updates/apply-update.ts";
import type { ProviderUpdate } from "../meta-updates/provider-update.ts";
import type { WebhookEvent, WebhookEventSource } from "./keep-webhook-events.ts";
import { keyOfOwner, type OwnedChange } from "./owned-change.ts";
import {
  readInboundItem,
  readPreferenceItem,
  readUserIdItem,
  type ItemContext,
} from "./read-inbound-items.ts";
import { readStatusItem, type StatusItem } from "./read-status-item.ts";

/** An item to apply, and its source to store if it can't be applied. */
export interface Sourced<Item> {
  item: Item;
  source: WebhookEventSource;
}

export interface SortedChanges {
  statuses: Sourced<StatusItem>[];
  inbound: Sourced<InboundItem>[];
  updates: Sourced<ProviderUpdate>[];
  /** Parts to store as they are. */
  events: WebhookEvent[];
}

/** Maximum parts of a list; a longer one is stored as it is. Meta sends at most a thousand. */
const partsMax = 20_000;

/** Sorts the parts of a POST's changes, each separately, so that one can't affect another. */
export function sortChanges(changes: readonly OwnedChange[], receivedAt: Date): SortedChanges {
  const sorted: SortedChanges = { statuses: [], inbound: [], updates: [], events: [] };
  for (const owned of changes) sortChange(owned, receivedAt, sorted);
  return sorted;
}

function sortChange(owned: OwnedChange, receivedAt: Date, sorted: SortedChanges): void {
  const { change, organizationId, providerId } = owned;
  const { wabaId, field, value, happenedAt } = change;
  const sourceOf = (payload: object) => toSource(owned, payload);
  const keep = (payload: object, reason: WebhookEventReason) =>
    void sorted.events.push({ ...sourceOf(payload), reason });

  if (organizationId === null) {
    keep(value, keyOfOwner(change).numberId === null ? "unknown_waba" : "unknown_number");
    return;
  }
  if (isUpdateField(field)) {
    const item = { organizationId, wabaId, field, value, happenedAt: happenedAt ?? receivedAt };
    sorted.updates.push({ item, source: sourceOf(value) });
    return;
  }
  const { contacts } = value;
  const context = { organizationId, providerId, contacts, receivedAt };

  /** Sorts the parts of one list; `read` returns a reason for a part that can't be applied. */
  function sortList<Item extends object>(
    list: string,
    read: (raw: unknown, context: ItemContext) => Item | WebhookEventReason,
    into: Sourced<Item>[],
  ): void {
    const parts = value[list];
    if (!Array.isArray(parts)) return;
    if (parts.length > partsMax) return keep({ [list]: parts, contacts }, "too_many_parts");
    for (const raw of parts) {
      // A status is complete, but a message's sender is in `contacts`.
      const payload = list === "statuses" ? { [list]: [raw] } : { [list]: [raw], contacts };
      const item = read(raw, context);
      if (typeof item === "string") keep(payload, item);
      else into.push({ item, source: sourceOf(payload) });
    }
  }

  switch (field) {
    case "messages":
      sortList("statuses", readStatusItem, sorted.statuses);
      sortList("messages", readInboundItem, sorted.inbound);
      break;
    case "user_preferences":
      sortList(field, readPreferenceItem, sorted.inbound);
      break;
    case "user_id_update":
      sortList(field, readUserIdItem, sorted.inbound);
      break;
    default:
      keep(value, "unhandled_field");
      return;
  }
  const rest = otherPartsOf(change);
  if (rest !== null) keep(rest, "errors" in rest ? "error_notice" : "unhandled_part");
}

function toSource({ change, organizationId, signedWith }: OwnedChange, payload: object) {
  const { wabaId, phoneNumberId, field, happenedAt } = change;
  return {
    organizationId,
    wabaId: wabaId === "" ? null : wabaId,
    phoneNumberId,
    field,
    payload,
    happenedAt,
    signedWith,
  };
}
