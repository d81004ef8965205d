import { z } from "zod";

/** HTTP status of each error code of the API. */
export const errorStatuses = {
  invalid_input: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  broadcast_not_sendable: 409,
  template_not_approved: 409,
  idempotency_key_reused: 409,
  payload_too_large: 413,
  refused_by_meta: 422,
  rate_limited: 429,
  internal: 500,
  meta_unavailable: 503,
  unavailable: 503,
} as const;

export type ErrorCode = keyof typeof errorStatuses;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys forgets the keys' type
const errorCodes = Object.keys(errorStatuses) as ErrorCode[];

export const errorBody = z.object({
  error: z.object({
    code: z.enum(errorCodes),
    message: z.string(),
    details: z.unknown().optional(),
  }),
});
