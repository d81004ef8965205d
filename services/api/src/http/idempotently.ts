import { createHash } from "node:crypto";
import { DomainError } from "@loudhailer/core/domain-error.ts";
import { claimIdempotencyKey } from "@loudhailer/core/idempotency/claim-idempotency-key.ts";
import { completeIdempotencyKey } from "@loudhailer/core/idempotency/complete-idempotency-key.ts";
import { releaseIdempotencyKey } from "@loudhailer/core/idempotency/release-idempotency-key.ts";
import type { TenantContext } from "@loudhailer/core/tenant-context.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { ZodType } from "zod";
import { tenantOf } from "./authenticate.ts";

const keyFormat = /^[\x21-\x7e]{1,255}$/;

export interface IdempotentWork<T extends object, Status extends number> {
  /** HTTP status of success. */
  status: Status;
  /** Schema of the successful response. */
  schema: ZodType<T>;
  /** Identity of the request besides its method and path. Defaults to the body. */
  fingerprint?: unknown;
  /** Returns the part of the response to store for repetitions, for a secret that is shown once. */
  keep?(body: T): T;
  work(): Promise<T>;
}

/**
 * Honors `Idempotency-Key`: runs `work` once per key and gives repetitions the first response.
 * Without the header, every request runs `work`. A failed attempt frees the key.
 *
 * @throws DomainError `invalid_input` if the key is malformed, `idempotency_key_reused` if it
 *   belongs to a different request, or `conflict` if the first request is still running; also any
 *   error of `work`
 */
export async function idempotently<T extends object, Status extends number>(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, schema, fingerprint = request.body, keep, work }: IdempotentWork<T, Status>,
): Promise<T> {
  reply.code(status);
  const key = readKey(request);
  if (key === null) return work();
  const ctx = tenantOf(request);
  const claim = await claimIdempotencyKey(ctx, { key, requestHash: hash(request, fingerprint) });
  if (claim.kind === "replay") {
    reply.code(claim.status).header("idempotency-replayed", "true");
    return schema.parse(claim.body);
  }
  return workAndKeep(ctx, request, { key, status, keep, work });
}

async function workAndKeep<T extends object>(
  ctx: TenantContext,
  request: FastifyRequest,
  {
    key,
    status,
    keep = (body) => body,
    work,
  }: Pick<IdempotentWork<T, number>, "status" | "work"> & {
    key: string;
    keep?: ((body: T) => T) | undefined;
  },
): Promise<T> {
  let body: T;
  try {
    body = await work();
  } catch (error) {
    await releaseIdempotencyKey(ctx, key).catch((err: unknown) =>
      request.log.error({ err }, "idempotency key stays taken until it is abandoned"),
    );
    throw error;
  }
  await completeIdempotencyKey(ctx, key, { status, body: keep(body) });
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
