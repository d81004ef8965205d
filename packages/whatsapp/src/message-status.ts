import { dateOf, idOf, listOf, numberOf, recordOf } from "./loose-values.ts";

export interface StatusPricing {
  billable: boolean | null;
  category: string | null;
}

/** Status change of one message. Optional fields are absent if Meta omits them. */
export interface MessageStatus {
  wamid: string;
  /** `sent`, `delivered`, `read`, `failed`, `played`, `deleted`, or a status not known yet. */
  status: string;
  timestamp: Date | null;
  callbackData?: string;
  errorCode?: number;
  errorTitle?: string;
  errorDetails?: string;
  pricing?: StatusPricing;
}

/** Reads one of a change's `statuses`. Returns null if it lacks a message id or a status. */
export function readMessageStatus(raw: unknown): MessageStatus | null {
  const record = recordOf(raw);
  const wamid = idOf(record?.["id"]);
  const status = idOf(record?.["status"]);
  if (!record || wamid === undefined || status === undefined) return null;
  const read: MessageStatus = { wamid, status, timestamp: dateOf(record["timestamp"]) ?? null };
  const callbackData = idOf(record["biz_opaque_callback_data"]);
  if (callbackData !== undefined) read.callbackData = callbackData;
  const pricing = recordOf(record["pricing"]);
  if (pricing) {
    const billable = pricing["billable"];
    read.pricing = {
      billable: typeof billable === "boolean" ? billable : null,
      category: idOf(pricing["category"]) ?? null,
    };
  }
  readError(listOf(record["errors"])[0], read);
  return read;
}

function readError(raw: unknown, into: MessageStatus): void {
  const error = recordOf(raw);
  if (!error) return;
  const code = numberOf(error["code"]);
  const title = idOf(error["title"]) ?? idOf(error["message"]);
  const details = idOf(recordOf(error["error_data"])?.["details"]);
  if (code !== undefined) into.errorCode = code;
  if (title !== undefined) into.errorTitle = title;
  if (details !== undefined) into.errorDetails = details;
}
