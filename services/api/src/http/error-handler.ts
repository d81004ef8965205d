import { errorStatuses, type ErrorCode } from "@loudhailer/contracts/error-codes.ts";
import { DomainError } from "@loudhailer/core/domain-error.ts";
import { classifyDatabaseFailure, type AwayReason } from "@loudhailer/db/database-failure.ts";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { describeValidation } from "./describe-validation.ts";
import { formatBytes } from "./format-bytes.ts";

const retryAfterSecondsDefault: Partial<Record<ErrorCode, number>> = {
  unavailable: 5,
  meta_unavailable: 30,
};

const awayMessages = {
  unreachable: "The database does not answer. Try again in a moment.",
  timed_out: "This took too long and was ended; ask for less.",
  contended: "Somebody changed the same at the same moment. Try again.",
} satisfies Record<AwayReason, string>;

/** Translates every error to an HTTP response, without stacks or secrets. */
export function handleError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const translated = translate(error, request);
  if (translated !== null) return sendError(reply, translated);
  logFailure(error, request, "request failed");
  return sendError(
    reply,
    new DomainError(
      "internal",
      "Something went wrong on our side. It has been logged; try again, and tell your operator if it stays.",
      { requestId: request.id },
    ),
  );
}

function logFailure(err: Error, { log, routeOptions }: FastifyRequest, message: string): void {
  log.error({ err, route: routeOptions.url }, message);
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
  return translateDatabase(error, request) ?? translateFastify(error, request);
}

function translateDatabase(error: Error, request: FastifyRequest): DomainError | null {
  const failure = classifyDatabaseFailure(error);
  if (failure.kind === "away") {
    if (failure.reason === "unreachable") logFailure(error, request, "database does not answer");
    return new DomainError("unavailable", awayMessages[failure.reason]);
  }
  if (failure.kind === "conflict") {
    logFailure(error, request, "unexpected unique violation");
    return new DomainError("conflict", "This exists already. Another request may have created it.");
  }
  // Ids are validated earlier, so the cause is a text.
  if (failure.kind === "data" && failure.isUnstorableText) {
    return new DomainError(
      "invalid_input",
      "A text holds a character that can't be stored: NUL, or half of a surrogate pair.",
    );
  }
  return null;
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
