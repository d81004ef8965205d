/** Error response of the API with its message. Without a body, the code is `unavailable`. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly status: number;
  readonly code: string;
  /** Messages about invalid fields, keyed by field path. */
  readonly fields: Record<string, string>;
  /**
   * The message with a prefix. Next hides the messages of server errors from the error page, but
   * passes on this digest.
   */
  readonly digest: string;

  constructor(status: number, body: unknown) {
    const { code, message, fields } = read(body, status);
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.digest = digestPrefix + message;
  }
}

const digestPrefix = "api:";

/** Returns the API's message from an error page's error; null if it isn't an error of the API. */
export function apiMessage(error: { digest?: string; message: string }): string | null {
  if (error instanceof ApiError) return error.message;
  return error.digest?.startsWith(digestPrefix) ? error.digest.slice(digestPrefix.length) : null;
}

interface Refusal {
  code: string;
  message: string;
  fields: Record<string, string>;
}

function read(body: unknown, status: number): Refusal {
  if (!isRecord(body)) return { code: "unavailable", message: fallbackMessage(status), fields: {} };
  // Better Auth answers { code, message } without the envelope.
  const error = isRecord(body["error"]) ? body["error"] : body;
  const details = isRecord(error["details"]) ? error["details"] : {};
  return {
    code: text(error["code"]) ?? "unavailable",
    message: text(error["message"]) ?? fallbackMessage(status),
    fields: readFields(details["fields"]),
  };
}

function readFields(fields: unknown): Record<string, string> {
  if (!Array.isArray(fields)) return {};
  return Object.fromEntries(
    fields
      .filter(isRecord)
      .map(({ path, message }) => [text(path) ?? "", text(message) ?? ""] as const),
  );
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function fallbackMessage(status: number): string {
  return status === 429
    ? "Too many requests at once. Wait a moment and try again."
    : "The server can't be reached. Try again soon.";
}

// Every page loads this module, so it doesn't load the readers of json.ts.
function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
