import addFormats from "ajv-formats";
import { Ajv2020 } from "ajv/dist/2020.js";

/** Parsed JSON of any shape. A test reads the fields that it expects. */
// oxlint-disable-next-line typescript/no-explicit-any -- an OpenAPI document has no narrower type here
export type Json = any;

export interface Operation {
  method: string;
  /** Path such as `/v1/broadcasts/{id}`. */
  path: string;
  /** Method and path, such as `POST /v1/broadcasts/{id}/launch`. */
  name: string;
  /** Path and query parameters with their schemas. */
  parameters: { name: string; in: string; schema: Json }[];
  /** Schemas of the request body by content type. */
  body: Record<string, { schema: Json }>;
  responses: Record<string, Json>;
}

/** Reads the operations of an OpenAPI 3.1 document and checks responses against their schemas. */
export function readOpenApi(document: Json) {
  const operations = Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Json>(methods).map(([method, operation]): Operation => ({
      method: method.toUpperCase(),
      path,
      name: `${method.toUpperCase()} ${path}`,
      parameters: operation.parameters ?? [],
      body: operation.requestBody?.content ?? {},
      responses: operation.responses,
    })),
  );
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: "https://api.test/openapi.json", ...document });

  /** Returns how a response differs from the document. Empty if it matches. */
  function errorsOf(
    { method, path, name, responses }: Operation,
    answer: { status: number; contentType: string; body: unknown },
  ): string[] {
    const response = responses[answer.status];
    if (response === undefined) return [`${name}: ${answer.status} is not documented`];
    const types = Object.keys(response.content ?? {});
    const type = answer.contentType.split(";")[0] ?? "";
    if (types.length === 0) return type === "" ? [] : [`${name}: ${type} where nothing is said`];
    if (!types.includes(type)) return [`${name} ${answer.status}: ${type} is not documented`];
    if (type !== "application/json") return [];
    const pointer = ["paths", path, method.toLowerCase(), "responses", String(answer.status)];
    const escaped = [...pointer, "content", type, "schema"].map((part) =>
      encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1")),
    );
    const validate = ajv.getSchema(`https://api.test/openapi.json#/${escaped.join("/")}`);
    if (!validate) return [`${name} ${answer.status}: no schema`];
    if (validate(answer.body)) return [];
    return (validate.errors ?? []).map(
      (error) => `${name} ${answer.status}: ${error.instancePath} ${error.message}`,
    );
  }

  /** Returns how `value` differs from a schema of the document. Empty if it matches. */
  function schemaErrorsOf(schema: Json, value: unknown): string[] {
    const validate = ajv.compile({ ...schema, components: document.components });
    if (validate(value)) return [];
    return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
  }

  /** Returns the schema that a `$ref` points to, or any other schema unchanged. */
  function resolve(schema: Json): Json {
    if (typeof schema?.$ref !== "string") return schema;
    const name = schema.$ref.split("/").at(-1);
    return document.components.schemas[name];
  }

  /** Returns the examples of a body from every place where the document can have them. */
  function examplesOf(content: Json): Json[] {
    const schema = resolve(content.schema);
    const variants: Json[] = schema.anyOf ?? schema.oneOf ?? [];
    return [
      ...(content.example === undefined ? [] : [content.example]),
      ...Object.values<Json>(content.examples ?? {}).map(({ value }) => value),
      ...(schema.examples ?? []),
      ...variants.flatMap((variant) => resolve(variant).examples ?? []),
    ];
  }

  return { document, operations, errorsOf, schemaErrorsOf, resolve, examplesOf };
}

export type OpenApi = ReturnType<typeof readOpenApi>;
