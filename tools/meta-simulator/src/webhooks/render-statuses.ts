import { describeError } from "../graph/graph-error.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { PhoneNumber } from "../registry.ts";
import { delays, messageOf, statusOf } from "./status.ts";

/**
 * Returns the body of one webhook POST with statuses of one number. If `isSpread`, as for every
 * other POST, the body has one `changes` item per status instead of one item with all of them.
 * Meta's batches come in both shapes, and a receiver must read both.
 */
export function renderStatuses(
  ledger: Ledger,
  number: PhoneNumber,
  codes: readonly number[],
  webhookDelayMs: number,
  isSpread: boolean,
): string {
  const metadata = `"messaging_product":"whatsapp","metadata":{"display_phone_number":${JSON.stringify(number.displayPhoneNumber)},"phone_number_id":"${number.phoneNumberId}"}`;
  const statuses = codes.map((code) => renderStatus(ledger, code, webhookDelayMs));
  const groups = isSpread ? statuses : [statuses.join(",")];
  const changes = groups.map(
    (group) => `{"value":{${metadata},"statuses":[${group}]},"field":"messages"}`,
  );
  return `{"object":"whatsapp_business_account","entry":[{"id":"${number.wabaId}","changes":[${changes.join(",")}]}]}`;
}

function renderStatus(ledger: Ledger, code: number, webhookDelayMs: number): string {
  const message = messageOf(code);
  const status = statusOf(code);
  const at =
    ledger.acceptedAt(message) + ledger.statusDelayMs(message) + delays[status] * webhookDelayMs;
  const recipient = ledger.isUserId(message) ? "recipient_user_id" : "recipient_id";
  let json = `{"id":"${ledger.wamid(message)}","status":"${status}","timestamp":"${Math.floor(at / 1000)}","${recipient}":"${ledger.recipientId(message)}"`;
  const callbackData = ledger.callbackData(message);
  if (callbackData !== undefined)
    json += `,"biz_opaque_callback_data":${JSON.stringify(callbackData)}`;
  // Meta gives the pricing with sent, and with one of delivered and read.
  if (status === "sent" || status === "delivered")
    json += `,"pricing":{"billable":true,"pricing_model":"PMP","type":"regular","category":"${ledger.category(message)}"}`;
  if (status === "failed") json += `,"errors":[${renderError(ledger.errorCode(message))}]`;
  return `${json}}`;
}

function renderError(code: number): string {
  const { title, details } = describeError(code);
  return JSON.stringify({
    code,
    title,
    message: title,
    error_data: { details },
    href: "/documentation/business-messaging/whatsapp/support/error-codes",
  });
}
