import addFormats from "ajv-formats";
import { Ajv2020 } from "ajv/dist/2020.js";

/** JSON as it is parsed; a test reads what it expects. */
// oxlint-disable-next-line typescript/no-explicit-any -- an OpenAPI document has no narrower type here
export type Json = any;

export interface Operation {
  method: string;
  /** `/v1/broadcasts/{id}` */
  path: string;
  /** `POST /v1/broadcasts/{id}/launch` */
  name: string;
  /** Names of path and query parameters with their schemas. */
  parameters: { name: string; in: string; schema: Json }[];
  /** By content type. */
  body: Record<string, { schema: Json }>;
  responses: Record<string, Json>;
}

/** The operations of an OpenAPI 3.1 document, and a check of answers against their schemas. */
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

  /** What is wrong with an answer by the document: nothing for one that keeps to it. */
  function faultsOf(
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

  /** What is wrong with `value` by a schema of the document. */
  function faultsBySchema(schema: Json, value: unknown): string[] {
    const validate = ajv.compile({ ...schema, components: document.components });
    if (validate(value)) return [];
    return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
  }

  /** The schema that a `$ref` stands for; any other as it is. */
  function resolve(schema: Json): Json {
    if (typeof schema?.$ref !== "string") return schema;
    const name = schema.$ref.split("/").at(-1);
    return document.components.schemas[name];
  }

  /** The examples of a body, wherever the document has them. */
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

  return { document, operations, faultsOf, faultsBySchema, resolve, examplesOf };
}

export type OpenApi = ReturnType<typeof readOpenApi>;
