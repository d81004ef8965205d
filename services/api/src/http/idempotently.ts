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
  /** The status of success. */
  status: Status;
  /** Of what is answered then. */
  schema: ZodType<T>;
  /** What makes this request the same as another, besides method and path; the body by default. */
  fingerprint?: unknown;
  /** What is kept for repetitions, where not all of the answer may be: a secret is shown once. */
  keep?(body: T): T;
  work(): Promise<T>;
}

/**
 * Honours `Idempotency-Key`: the work is done once a key, and a repetition is answered what the
 * first was. Without the header it just works. A failed attempt frees the key. Throws what
 * `claimIdempotencyKey` and the work throw.
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
