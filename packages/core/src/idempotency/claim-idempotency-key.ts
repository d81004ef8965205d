import { setTimeout as sleep } from "node:timers/promises";
import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";

export interface IdempotentRequest {
  key: string;
  /** SHA-256 of everything that distinguishes this request from another. */
  requestHash: Buffer;
}

export type IdempotencyClaim =
  /** The key is claimed for this request, which then completes or releases it. */
  | { kind: "claimed" }
  /** The work was done before; this is its response. */
  | { kind: "replay"; status: number; body: object };

const pollMs = 50;
/** Minutes after which a claim is abandoned, longer than any request takes. */
const abandonedMinutes = 15;

/**
 * Claims the key for this request. Of several simultaneous requests, one gets it and the others
 * wait for its response.
 * @throws DomainError `idempotency_key_reused` if the key belongs to a different request
 * @throws DomainError `conflict` if the first request is still running after `waitMsMax`
 */
export async function claimIdempotencyKey(
  ctx: TenantContext,
  request: IdempotentRequest,
  { waitMsMax = 10_000 }: { waitMsMax?: number } = {},
): Promise<IdempotencyClaim> {
  const deadline = performance.now() + waitMsMax;
  for (;;) {
    const claim = await withTenant(ctx.db, ctx.organizationId, (trx) =>
      tryClaim(trx, ctx.organizationId, request),
    );
    if (claim !== "in progress") return claim;
    if (performance.now() >= deadline) {
      throw new DomainError(
        "conflict",
        "A request with this Idempotency-Key is still being worked on. Try again in a moment with the same key.",
      );
    }
    await sleep(pollMs);
  }
}

async function tryClaim(
  trx: TenantDb,
  organizationId: string,
  { key, requestHash }: IdempotentRequest,
): Promise<IdempotencyClaim | "in progress"> {
  const inserted = await trx
    .insertInto("idempotency_keys")
    .values({ organization_id: organizationId, key, request_hash: requestHash })
    .onConflict((conflict) =>
      conflict
        .columns(["organization_id", "key"])
        .doUpdateSet({ request_hash: requestHash, created_at: sql`now()` })
        .where("idempotency_keys.response_status", "is", null)
        .where(
          "idempotency_keys.created_at",
          "<",
          sql<Date>`now() - make_interval(mins => ${abandonedMinutes}::integer)`,
        ),
    )
    .returning("key")
    .executeTakeFirst();
  if (inserted !== undefined) return { kind: "claimed" };
  const existing = await trx
    .selectFrom("idempotency_keys")
    .select(["request_hash", "response_status", "response_body"])
    .where("organization_id", "=", organizationId)
    .where("key", "=", key)
    .executeTakeFirst();
  // The key was released just now; the next attempt claims it.
  if (existing === undefined) return "in progress";
  if (!existing.request_hash.equals(requestHash)) {
    throw new DomainError(
      "idempotency_key_reused",
      "This Idempotency-Key was used for a different request. Use a new key for each new request.",
    );
  }
  if (existing.response_status === null) return "in progress";
  return { kind: "replay", status: existing.response_status, body: existing.response_body ?? {} };
}
