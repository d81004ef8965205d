import type { SwaggerTransform } from "@fastify/swagger";
import { isRecord } from "@loudhailer/runtime/is-record.ts";
import { jsonSchemaTransform } from "fastify-type-provider-zod";
import { describeRefusals } from "./describe-refusals.ts";

const idempotencyKey = {
  type: "string",
  pattern: "^[!-~]{1,255}$",
  description:
    "Yours to choose, once for each thing to be done: repeated within a day, the request is answered what the first was, and done once.",
};

const refusalsOfKeys = ["invalid_input", "conflict", "idempotency_key_reused"] as const;

const successResponses: Readonly<Record<string, string>> = {
  200: "Done, or found",
  201: "Made",
  202: "Accepted",
  204: "Done",
};

/**
 * Describes one route for the OpenAPI document: Zod's schemas of its input and responses, a name,
 * each refusal, and the `Idempotency-Key` header if the route honors it.
 */
export const describeOperation: SwaggerTransform = (input) => {
  const transformed = jsonSchemaTransform(input);
  const { schema, url } = transformed;
  if (schema?.["hide"] || input.schema === undefined) return transformed;
  const { response, ...described } = schema;
  const { route } = input;
  const { config } = route;
  const successes = Object.entries(recordOrEmpty(response))
    .filter(([status]) => status.startsWith("2"))
    .map(([status, answer]) => [
      status,
      { description: successResponses[status], ...recordOrEmpty(answer) },
    ]);
  return {
    url,
    schema: {
      ...described,
      operationId: operationIdOf(String(route.method), url),
      ...(config?.idempotent === true && {
        headers: { type: "object", properties: { "idempotency-key": idempotencyKey } },
      }),
      response: {
        ...Object.fromEntries(successes),
        ...describeRefusals(input.schema, [
          ...(config?.refusals ?? []),
          ...(config?.idempotent === true ? refusalsOfKeys : []),
        ]),
      },
    },
  };
};

declare module "fastify" {
  interface FastifyContextConfig {
    /** True if the route goes through `idempotently`. */
    idempotent?: boolean;
  }
}

function recordOrEmpty(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

/** Returns `getBroadcastsIdRecipientsCsv` for `GET /v1/broadcasts/:id/recipients.csv`. */
function operationIdOf(method: string, url: string): string {
  const words = url
    .replace(/^\/v1\//, "")
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "");
  const capitalized = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return method.toLowerCase() + capitalized.join("");
}
