import type { SimulatorState } from "../state.ts";
import type { Outcome } from "./ledger.ts";

interface LedgerMessage {
  to: string;
  callbackData: string | null;
  wamid: string;
  /** Milliseconds since the epoch. */
  acceptedAt: number;
  phoneNumberId: string;
  template: string;
  outcome: Outcome;
  errorCode: number | null;
}

export interface LedgerPage {
  items: LedgerMessage[];
  next: string | null;
}

const limitMax = 10_000;

/** Returns a page of messages in order of acceptance; `after` is the previous page's `next`. */
export function listMessages(state: SimulatorState, limit: number, after: number): LedgerPage {
  const { ledger, registry } = state;
  const end = Math.min(after + Math.min(Math.max(limit, 1), limitMax), ledger.size);
  const items: LedgerMessage[] = [];
  for (let index = after; index < end; index++) {
    items.push({
      to: `${ledger.isUserId(index) ? "" : "+"}${ledger.recipientId(index)}`,
      callbackData: ledger.callbackData(index) ?? null,
      wamid: ledger.wamid(index),
      acceptedAt: ledger.acceptedAt(index),
      phoneNumberId: registry.numbers[ledger.number(index)]?.phoneNumberId ?? "",
      template: ledger.template(index),
      outcome: ledger.outcome(index),
      errorCode: ledger.errorCode(index) || null,
    });
  }
  return { items, next: end < ledger.size ? String(end) : null };
}
