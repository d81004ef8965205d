import { dateOf, idOf, listOf, numberOf, recordOf } from "./loose-values.ts";

export interface StatusPricing {
  billable: boolean | null;
  category: string | null;
}

/** What became of one message; what Meta left out is absent. */
export interface MessageStatus {
  wamid: string;
  /** sent, delivered, read, failed, played, deleted, or a word not yet known. */
  status: string;
  timestamp: Date | null;
  callbackData?: string;
  errorCode?: number;
  errorTitle?: string;
  errorDetails?: string;
  pricing?: StatusPricing;
}

/** One of a change's `statuses`; null where it lacks a message id or a status word. */
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
