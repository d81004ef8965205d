import { isRecord } from "@loudhailer/runtime/is-record.ts";
import { dispositionOfFailure } from "./error-taxonomy.ts";
import type { GraphFailure } from "./graph-failure.ts";

/** Returns undefined if the text isn't JSON, such as a proxy's page or a truncated answer. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Returns the failure in a Graph answer, or null if the body holds no Graph error. */
export function readGraphFailure(
  json: unknown,
  httpStatus: number,
  accessToken: string,
): GraphFailure | null {
  const error = isRecord(json) && isRecord(json["error"]) ? json["error"] : null;
  const code = error ? numberIn(error["code"]) : undefined;
  if (error === null || code === undefined) return null;

  const words = (value: unknown) =>
    typeof value === "string" ? withoutToken(value, accessToken) : undefined;
  const message = words(error["message"]) ?? `Meta's error ${code}`;
  const subcode = numberIn(error["error_subcode"]);
  const transient = error["is_transient"] === true;
  return {
    code,
    title: message.replace(/^\(#\d+\)\s*/, ""),
    message,
    httpStatus,
    disposition: dispositionOfFailure({ code, subcode, httpStatus, transient }),
    subcode,
    details: words(detailsIn(error["error_data"])),
    fbtraceId: words(error["fbtrace_id"]),
    userTitle: words(error["error_user_title"]),
    userMessage: words(error["error_user_msg"]),
  };
}

// Meta's "Malformed access token EAAB…" repeats the token.
function withoutToken(words: string, accessToken: string): string {
  const blanked = accessToken === "" ? words : words.replaceAll(accessToken, "[access token]");
  return blanked.replaceAll(/\bEA[A-Za-z0-9]{30,}/g, "[access token]");
}

// `error_data` is an object in the WhatsApp API's errors and a string in some older Graph errors.
function detailsIn(errorData: unknown): unknown {
  if (isRecord(errorData)) return errorData["details"];
  return errorData;
}

function numberIn(value: unknown): number | undefined {
  if (typeof value === "number" && Number.isInteger(value)) return value;
  if (typeof value === "string" && /^\d{1,15}$/.test(value)) return Number(value);
  return undefined;
}
