import { pino, type DestinationStream, type Logger } from "pino";

export type { Logger } from "pino";

const censoredFields = [
  "authorization",
  "cookie",
  "password",
  "token",
  "accessToken",
  "access_token",
  "webhookVerifyToken",
  "webhook_verify_token",
  "apiKey",
  "appSecret",
  "app_secret",
  "secret",
  "phone",
  "phoneNumber",
  "phone_number",
  "to",
  "wa_id",
  "recipient_id",
  "email",
  "name",
  "body",
  "text",
];

const causesMax = 3;

/**
 * Keeps only the fields that show where an error happened. Its other fields contain data:
 * PostgreSQL's `detail` quotes the row, and an HTTP client's error contains its request.
 */
function serializeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = "code" in error ? error.code : undefined;
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === "string" || typeof code === "number" ? { code } : {}),
    stack: error.stack,
    ...(error.cause !== undefined && depth < causesMax
      ? { cause: serializeError(error.cause, depth + 1) }
      : {}),
  };
}

export interface LoggerOptions {
  service: string;
  level: string;
  /** Stream for the lines. Default: standard output. */
  destination?: DestinationStream;
}

/**
 * Returns a logger that writes JSON lines to standard output or `destination`. It censors secrets
 * and personal data by field name at the top level and two levels down. This is a second line of
 * defense: code must not log them in the first place.
 */
export function createLogger({ service, level, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: { service, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: (error: unknown) => serializeError(error) },
    redact: {
      paths: censoredFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
      censor: "[censored]",
    },
  };
  return destination ? pino(options, destination) : pino(options);
}
