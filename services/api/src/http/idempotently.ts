import { createHash } from "node:crypto";
import { DomainError } from "@loudhailer/core/domain-error.ts";
import { claimIdempotencyKey } from "@loudhailer/core/idempotency/claim-idempotency-key.ts";
import { completeIdempotencyKey } from "@loudhailer/core/idempotency/complete-idempotency-key.ts";
import { releaseIdempotencyKey } from "@loudhailer/core/idempotency/release-idempotency-key.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import { tenantOf } from "./authenticate.ts";

const keyFormat = /^[\x21-\x7e]{1,255}$/;

export interface IdempotencyOptions<T> {
  /** Identity of the request besides its method and path. Defaults to the body. */
  fingerprint?: unknown;
  /** Returns the part of the response to store for repetitions, for a secret that is shown once. */
  keep?(body: T): T;
}

/**
 * Honors `Idempotency-Key`: runs `work` once per key and gives repetitions the first response.
 * Without the header, every request runs `work`. A failed attempt frees the key.
 * @throws DomainError `invalid_input` if the key is malformed, `idempotency_key_reused` if it
 *   belongs to a different request, or `conflict` if the first request is still running; also any
 *   error of `work`
 */
export async function idempotently<T extends object>(
  request: FastifyRequest,
  reply: FastifyReply,
  work: () => Promise<T>,
  { fingerprint = request.body, keep = (body) => body }: IdempotencyOptions<T> = {},
): Promise<T> {
  const key = readKey(request);
  if (key === null) return work();
  const ctx = tenantOf(request);
  const claim = await claimIdempotencyKey(ctx, { key, requestHash: hash(request, fingerprint) });
  if (claim.kind === "replay") {
    reply.code(claim.status).header("idempotency-replayed", "true");
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- stored by a first request, and checked by the route's serializer
    return claim.body as T;
  }
  let body: T;
  try {
    body = await work();
  } catch (error) {
    await releaseIdempotencyKey(ctx, key).catch((err: unknown) =>
      request.log.error({ err }, "idempotency key stays taken until it is abandoned"),
    );
    throw error;
  }
  await completeIdempotencyKey(ctx, key, { status: reply.statusCode, body: keep(body) });
  return body;
}

function readKey({ headers }: FastifyRequest): string | null {
  const key = headers["idempotency-key"];
  if (key === undefined) return null;
  if (typeof key !== "string" || !keyFormat.test(key)) {
    throw new DomainError(
      "invalid_input",
      "Idempotency-Key must have 1 to 255 printable characters without spaces.",
    );
  }
  return key;
}

function hash({ method, url }: FastifyRequest, fingerprint: unknown): Buffer {
  return createHash("sha256")
    .update(`${method} ${url}\n${JSON.stringify(fingerprint ?? null)}`)
    .digest();
}
