import { createMutator } from "@loudhailer/testing/create-mutator.ts";
import type { Json, OpenApi, Operation } from "./open-api.ts";

export interface FuzzedRequest {
  operation: Operation;
  path: string;
  headers: Record<string, string>;
  body: string | FormData | null;
}

const tricks = [
  "",
  " ",
  "0",
  "-1",
  "1e9",
  "99999999999999999999",
  "NaN",
  "null",
  "true",
  "%00",
  "%ff",
  "\u202e",
  "😀",
  "..",
  "../../../../etc/passwd",
  "..%2f..%2fetc%2fpasswd",
  "' or 1=1 --",
  "1; select pg_sleep(10) --",
  "%' and 'a' like '%",
  "\\",
  "%",
  "_",
  "{{1}}",
  "${7*7}",
  "<script>",
  "2026-02-30",
  "0000-00-00T00:00:00Z",
  "+275760-09-14T00:00:00.000Z",
  "00000000-0000-0000-0000-000000000000",
  "[object Object]",
  "__proto__",
  "constructor",
  "x".repeat(3_000),
];
const depthMax = 6;

/**
 * Generates requests from the OpenAPI document, the same for the same seed. Some match its schemas,
 * most have an error. `ids` are mixed in as values.
 */
export function createRequestFuzzer(api: OpenApi, seed: number, ids: readonly string[]) {
  const { random, pick, strange, mutate } = createMutator(seed);
  const chance = (share: number) => random() < share;

  function text(schema: Json): string {
    if (chance(0.1)) return pick(tricks);
    if (schema.format === "uuid" || schema.pattern === "^\\d{1,18}$") return pick(ids);
    if (schema.format === "date-time")
      return pick(["2100-01-01T00:00:00Z", "2020-01-01T00:00:00Z"]);
    if (schema.examples?.length > 0) return String(pick(schema.examples));
    return pick([
      "name",
      "+4915123456789",
      "attributes.city",
      "vip",
      "1",
      "MARKETING",
      "en_US",
      ...ids,
    ]);
  }

  /** Returns a value that mostly matches the schema. */
  function valueFor(given: Json, depth = 0): unknown {
    const schema = api.resolve(given) ?? {};
    const variants = schema.anyOf ?? schema.oneOf;
    if (variants) return valueFor(pick<Json>(variants), depth);
    if (schema.const !== undefined) return schema.const;
    if (schema.enum) return pick<Json>(schema.enum);
    if (schema.examples?.length > 0 && chance(0.5)) return pick<Json>(schema.examples);
    const type = Array.isArray(schema.type) ? pick<string>(schema.type) : schema.type;
    switch (type) {
      case "string":
        return text(schema);
      case "integer":
      case "number":
        return pick([1, 0, 5, 50, 200, schema.minimum ?? 1, schema.maximum ?? 10]);
      case "boolean":
        return chance(0.5);
      case "array":
        if (depth > depthMax) return [];
        return Array.from({ length: Math.floor(random() * 3) }, () =>
          valueFor(schema.items ?? {}, depth + 1),
        );
      case "object":
        return objectFor(schema, depth);
      default:
        return strange("name");
    }
  }

  function objectFor(schema: Json, depth: number): object {
    if (depth > depthMax) return {};
    const required = new Set<string>(schema.required ?? []);
    const entries = Object.entries<Json>(schema.properties ?? {})
      .filter(([name]) => required.has(name) || chance(0.5))
      .map(([name, property]) => [name, valueFor(property, depth + 1)]);
    const extra = schema.additionalProperties;
    if (typeof extra === "object" && chance(0.7)) {
      entries.push([pick(["1", "0", "body", "city", ...tricks]), valueFor(extra, depth + 1)]);
    }
    return Object.fromEntries(entries);
  }

  function jsonBody(schema: Json): string {
    if (chance(0.03))
      return pick(["{", "", "null", "[]", '"text"', "[".repeat(5_000), '{"a":1}garbage']);
    const value = valueFor(schema);
    const isObject = typeof value === "object" && value !== null;
    if (!isObject) return JSON.stringify(value);
    if (chance(0.35)) return JSON.stringify(value);
    return JSON.stringify(mutate(value));
  }

  function form(): FormData {
    const data = new FormData();
    const bytes = pick([
      "phone,name\n+4915123456789,Ada\n",
      "",
      "\0\0",
      "a;b\n1;2\n",
      "%PDF-1.4",
      "ÿØÿà",
    ]);
    if (chance(0.9)) {
      const type = pick(["text/csv", "image/png", "application/pdf", "", "x/y"]);
      data.append(
        chance(0.9) ? "file" : "other",
        new Blob([bytes], { type }),
        pick(["a.csv", "\0", ...tricks]),
      );
    }
    for (const name of ["providerId", "mapping", "tags", "defaultCountry", "__proto__"]) {
      if (chance(0.4)) data.append(name, pick([...ids, ...tricks, '{"phone":"phone"}', "DE"]));
    }
    return data;
  }

  function pathOf({ path }: Operation): string {
    return path.replaceAll(/\{[^}]+\}/g, () => {
      const id = chance(0.75) ? pick(ids) : pick(tricks);
      return chance(0.9) ? encodeURIComponent(id.toWellFormed()) : id.replaceAll(/[?#\s]/g, "");
    });
  }

  function queryOf({ parameters }: Operation): string {
    const query = new URLSearchParams();
    for (const { name, in: place, schema } of parameters) {
      if (place !== "query" || chance(0.6)) continue;
      query.append(name, chance(0.5) ? pick(tricks) : String(valueFor(schema)));
      if (chance(0.05)) query.append(name, pick(tricks));
    }
    if (chance(0.1)) query.append(pick(tricks), pick(tricks));
    const encoded = query.toString();
    return encoded === "" ? "" : `?${encoded}`;
  }

  return {
    next(): FuzzedRequest {
      const operation = pick(api.operations);
      const headers: Record<string, string> = {};
      let body: string | FormData | null = null;
      const [contentType] = Object.keys(operation.body);
      if (contentType === "multipart/form-data") {
        body = form();
      } else if (contentType !== undefined) {
        body = jsonBody(operation.body[contentType]?.schema);
        headers["content-type"] = chance(0.97)
          ? "application/json"
          : pick([
              "text/plain",
              "application/xml",
              "multipart/form-data",
              "application/json; charset=x",
            ]);
      }
      if (chance(0.1)) headers["idempotency-key"] = pick(["key", "x".repeat(300), "k".repeat(255)]);
      return { operation, path: pathOf(operation) + queryOf(operation), headers, body };
    },
  };
}
