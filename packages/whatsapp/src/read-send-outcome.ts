import { isRecord } from "@loudhailer/runtime/is-record.ts";
import { parseJson, readGraphFailure } from "./read-graph-failure.ts";
import type { SendOutcome } from "./send-outcome.ts";

// By definition, these leave the request unprocessed. 303 may answer a request that was processed.
const redirectsUnprocessed = new Set([301, 302, 307, 308]);

/** Returns the outcome of a message from the HTTP answer to its POST /messages. */
export function readSendOutcome(
  { httpStatus, text }: { httpStatus: number; text: string },
  accessToken: string,
): SendOutcome {
  const json = parseJson(text);
  if (httpStatus >= 200 && httpStatus < 300) {
    const accepted = readAccepted(json);
    if (accepted) return accepted;
  }
  const error = readGraphFailure(json, httpStatus, accessToken);
  if (error) return { kind: "refused", error };

  // A proxy rejected the request before Meta. 408 is uncertain: some proxies send it if the server
  // behind them was slow.
  const turnedAway = httpStatus >= 400 && httpStatus < 500 && httpStatus !== 408;
  const reason = `HTTP ${httpStatus} with a body that is not the Graph API's`;
  return turnedAway || redirectsUnprocessed.has(httpStatus)
    ? { kind: "not-sent", reason }
    : { kind: "unknown", reason };
}

function readAccepted(json: unknown): SendOutcome | null {
  const messages = isRecord(json) ? json["messages"] : undefined;
  const first: unknown = Array.isArray(messages) ? messages[0] : undefined;
  if (!isRecord(first)) return null;
  const { id, message_status: status } = first;
  if (typeof id !== "string" || id === "") return null;
  // Answers of older API versions lack the status, which could only be `accepted`.
  return {
    kind: "accepted",
    wamid: id,
    messageStatus: typeof status === "string" ? status : "accepted",
  };
}
