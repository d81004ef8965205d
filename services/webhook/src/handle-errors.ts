import { errorStatuses, type ErrorCode } from "@loudhailer/contracts/error-codes.ts";
import { DomainError } from "@loudhailer/core/domain-error.ts";
import { classifyDatabaseFailure } from "@loudhailer/db/database-failure.ts";
import type { Log } from "@loudhailer/runtime/log.ts";
import type { FastifyInstance, FastifyReply } from "fastify";
import {
  BodyTooLargeError,
  MalformedBodyError,
  SignatureError,
  UnavailableError,
} from "./webhook-errors.ts";

const retryAfterSeconds = 5;
const sameWarningMs = 5_000;

/** Answers every failure with the contract's error body, without internal or database details. */
export function handleErrors(app: FastifyInstance, log: Log): void {
  let warnedAtMs = Number.NEGATIVE_INFINITY;

  // Logs once in 5 s, because every request fails the same way while the database is unavailable.
  function warnUnavailable(error: unknown): void {
    if (performance.now() - warnedAtMs < sameWarningMs) return;
    warnedAtMs = performance.now();
    log.warn({ err: error }, "webhook unavailable, Meta will send again");
  }

  app.setErrorHandler((error, request, reply) => {
    const code = codeOf(error);
    if (code === "unauthenticated") {
      log.warn({ remoteAddress: request.ip }, "webhook signature rejected");
    }
    if (code === "unavailable") {
      warnUnavailable(error);
      void reply.header("retry-after", retryAfterSeconds);
    }
    if (code === "internal") log.error({ err: error }, "webhook failed");
    return sendError(reply, code);
  });

  app.setNotFoundHandler((_request, reply) => sendError(reply, "not_found"));
}

const messages = {
  invalid_input:
    "The request is not one this service understands; its address must be valid and its body JSON.",
  unauthenticated: "The signature matches no app secret known here.",
  forbidden: "The verify token is not known here.",
  not_found: "There is nothing at this address.",
  payload_too_large: "The body is larger than 3 MB.",
  unavailable: "The service can't store this now. Send it again.",
  internal: "The service failed. Send it again.",
} satisfies Partial<Record<ErrorCode, string>>;

export function sendError(reply: FastifyReply, code: keyof typeof messages): FastifyReply {
  return reply.code(errorStatuses[code]).send({ error: { code, message: messages[code] } });
}

function codeOf(error: unknown): keyof typeof messages {
  if (error instanceof SignatureError) return "unauthenticated";
  if (error instanceof MalformedBodyError) return "invalid_input";
  if (error instanceof UnavailableError) return "unavailable";
  if (error instanceof DomainError && error.code === "unavailable") return "unavailable";
  if (error instanceof BodyTooLargeError) return "payload_too_large";
  const status = error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
  if (typeof status === "number" && status < 500) return "invalid_input";
  return classifyDatabaseFailure(error).kind === "away" ? "unavailable" : "internal";
}
