import { errorStatuses, type ErrorCode } from "@loudhailer/contracts/error-codes.ts";
import type { FastifySchema } from "fastify";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Error codes of the route, besides those of every route of its kind. */
    refusals?: readonly ErrorCode[];
  }
}

const meanings: Record<ErrorCode, string> = {
  invalid_input: "Something sent is not valid; details.fields names every bad field.",
  unauthenticated: "No session, or an API key that is not valid.",
  forbidden: "The role, or the API key's scopes, don't allow it.",
  not_found: "There is nothing with this id in the organization.",
  conflict: "Not in the state it is in; details.status says which.",
  broadcast_not_sendable: "The WhatsApp number can't send now.",
  template_not_approved: "Meta has not approved the template.",
  idempotency_key_reused: "The Idempotency-Key was used for a different request.",
  payload_too_large: "The body is larger than the route takes.",
  refused_by_meta: "Meta refused; details hold its code and words.",
  rate_limited: "Too many requests; retry-after says when to go on.",
  internal: "A fault of ours; it has been logged.",
  meta_unavailable: "Meta does not answer; retry-after says when to try again.",
  unavailable: "The database does not answer, or the server is overloaded.",
};

/**
 * Returns a route's documented error responses by status, with an example for each code. They are
 * `refusals` and those of every route with such input.
 */
export function describeRefusals(
  input: FastifySchema,
  refusals: readonly ErrorCode[],
): Record<string, object> {
  const codes = refusalsOf(input, refusals);
  const statuses = [...new Set(codes.map((code) => errorStatuses[code]))].toSorted((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const ofStatus = codes.filter((code) => errorStatuses[code] === status);
      return [String(status), describe(ofStatus)];
    }),
  );
}

function refusalsOf(
  { params, querystring, body }: FastifySchema,
  refusals: readonly ErrorCode[],
): ErrorCode[] {
  const codes: ErrorCode[] = ["unauthenticated", "forbidden", "rate_limited"];
  // A URL that can't be decoded is invalid input too.
  if (params || querystring || body) codes.push("invalid_input");
  if (params) codes.push("not_found");
  if (body) codes.push("payload_too_large");
  return [...new Set([...codes, ...refusals, "internal", "unavailable"] as const)];
}

function describe(codes: readonly ErrorCode[]): object {
  const examples = codes.map((code) => [
    code,
    { value: { error: { code, message: meanings[code] } } },
  ]);
  return {
    description: codes.map((code) => `\`${code}\`: ${meanings[code]}`).join("\n\n"),
    content: {
      "application/json": {
        schema: { $ref: "#/components/schemas/Error" },
        examples: Object.fromEntries(examples),
      },
    },
  };
}
