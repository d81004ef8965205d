import { createHash } from "node:crypto";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import underPressure from "@fastify/under-pressure";
import { DomainError } from "@loudhailer/core/domain-error.ts";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Limits } from "../app-deps.ts";

/** Registers security headers, refusals when the process can't keep up, and a limit per client. */
export async function registerProtection(
  app: FastifyInstance,
  { requestsPerMinute, eventLoopDelayMs }: Pick<Limits, "requestsPerMinute" | "eventLoopDelayMs">,
): Promise<void> {
  await app.register(helmet);
  await app.register(underPressure, {
    maxEventLoopDelay: eventLoopDelayMs,
    pressureHandler: (_request, _reply, _type, value) => {
      // The plugin reports infinity for a second without measurements: no sign of pressure.
      if (value === Number.POSITIVE_INFINITY) return;
      throw new DomainError("unavailable", "The server is overloaded. Try again in a moment.");
    },
  });
  // Counted in each process: with n replicas a client gets up to n times the limit.
  await app.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: "1 minute",
    keyGenerator: clientOf,
    errorResponseBuilder: (_request, { after }) =>
      new DomainError("rate_limited", `Too many requests. Try again in ${after}.`),
  });
}

// Hashes the header so that memory holds no API keys.
function clientOf({ headers, ip }: FastifyRequest): string {
  const { authorization } = headers;
  return authorization === undefined
    ? ip
    : createHash("sha256").update(authorization).digest("base64");
}
