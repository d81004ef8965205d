import { errorStatuses, type ErrorCode } from "@loudhailer/contracts/error-codes.ts";
import { DomainError } from "@loudhailer/core/domain-error.ts";
import type { ReadinessCheck } from "@loudhailer/runtime/health-routes.ts";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { describeValidation } from "./describe-validation.ts";
import { formatBytes } from "./format-bytes.ts";
import { isDatabaseAway } from "./is-database-away.ts";

const retryAfterSecondsDefault: Partial<Record<ErrorCode, number>> = {
  unavailable: 5,
  meta_unavailable: 30,
};

/** PostgreSQL's codes for text that text and jsonb can't store. Ids are validated earlier. */
const unstorableText = new Set(["22021", "22P05", "22P02"]);

const statementTimeout = "57014";
/** PostgreSQL's codes for a deadlock and for a serialization failure. */
const conflictingTransactions = new Set(["40P01", "40001"]);

/** Creates the only translator from errors to HTTP responses. It never shows stacks or secrets. */
export function createErrorHandler(pingDatabase: ReadinessCheck) {
  return async function handleError(
    error: FastifyError,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const translated = translate(error, request);
    if (translated !== null) return sendError(reply, translated);
    const route = request.routeOptions.url;
    if (await isDatabaseAway(error, pingDatabase)) {
      request.log.error({ err: error, route }, "database does not answer");
      return sendError(
        reply,
        new DomainError("unavailable", "The database does not answer. Try again in a moment."),
      );
    }
    request.log.error({ err: error, route }, "request failed");
    return sendError(
      reply,
      new DomainError(
        "internal",
        "Something went wrong on our side. It has been logged; try again, and tell your operator if it stays.",
        { requestId: request.id },
      ),
    );
  };
}

/** Answers errors that occur before routing, such as a URL that can't be decoded. */
export function handleFrameworkError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const malformed = new DomainError("invalid_input", "The request is malformed.");
  void sendError(reply, translate(error, request) ?? malformed);
}

export function handleNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const message = `There is no ${request.method} ${request.url.split("?")[0]?.slice(0, 200)}.`;
  return sendError(reply, new DomainError("not_found", message));
}

function sendError(reply: FastifyReply, error: DomainError): FastifyReply {
  const { code, message, details } = error;
  const retryAfterSeconds = retryAfterSecondsDefault[code];
  if (retryAfterSeconds !== undefined) reply.header("retry-after", retryAfterSeconds);
  return (
    reply
      .code(errorStatuses[code])
      .type("application/json; charset=utf-8")
      // Bypasses the route's response schema: an error must reach the client unchanged.
      .serializer((payload: unknown) => JSON.stringify(payload))
      .send({ error: { code, message, ...(details !== undefined && { details }) } })
  );
}

function translate(error: FastifyError, request: FastifyRequest): DomainError | null {
  if (error instanceof DomainError) return error;
  const validation = describeValidation(error);
  if (validation !== null) return validation;
  if (unstorableText.has(error.code)) {
    return new DomainError(
      "invalid_input",
      "A text holds a character that can't be stored: NUL, or half of a surrogate pair.",
    );
  }
  if (error.code === statementTimeout) {
    return new DomainError("unavailable", "This took too long and was ended; ask for less.");
  }
  if (conflictingTransactions.has(error.code)) {
    return new DomainError(
      "unavailable",
      "Somebody changed the same at the same moment. Try again.",
    );
  }
  return translateFastify(error, request);
}

// Replaces the messages of Fastify's own refusals: they are fixed sentences but expose internals.
function translateFastify(
  { code, statusCode = 500 }: FastifyError,
  request: FastifyRequest,
): DomainError | null {
  switch (code) {
    case "FST_ERR_CTP_EMPTY_JSON_BODY":
    case "FST_ERR_CTP_INVALID_JSON_BODY":
      return new DomainError("invalid_input", "The body is not valid JSON.");
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return new DomainError(
        "invalid_input",
        "The body must be sent as application/json, a file as multipart/form-data.",
      );
    case "FST_INVALID_MULTIPART_CONTENT_TYPE":
      return new DomainError("invalid_input", "Send the file as multipart/form-data.");
    case "FST_FILES_LIMIT":
      return new DomainError("invalid_input", "The form has more than one file; send one file.");
    case "FST_FIELDS_LIMIT":
    case "FST_PARTS_LIMIT":
      return new DomainError("invalid_input", "The form has too many fields.");
    case "FST_ERR_BAD_URL":
      return new DomainError(
        "invalid_input",
        "The address can't be decoded: every % must begin a percent-encoded character of UTF-8.",
      );
    case "FST_REQ_FILE_TOO_LARGE":
      return new DomainError(
        "payload_too_large",
        `The file is larger than ${formatBytes(request.routeOptions.bodyLimit)}; split it.`,
      );
  }
  if (statusCode === 413) {
    return new DomainError(
      "payload_too_large",
      `The body is larger than ${formatBytes(request.routeOptions.bodyLimit)}.`,
    );
  }
  if (statusCode >= 400 && statusCode < 500) {
    return new DomainError("invalid_input", "The request is malformed.");
  }
  return null;
}
