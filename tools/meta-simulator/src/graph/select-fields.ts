import type { GraphRequest } from "../routes/request.ts";
import { parameterFailure } from "./graph-error.ts";

/** Node of the Graph: its fields by name, including `id`. */
export type GraphNode = Readonly<Record<string, unknown>>;

/**
 * Parses `?fields=a,b{c}` into a selection of these fields and always `id`, or of `defaults`
 * without it. A field with braces is selected as a whole.
 * @throws GraphFailure with code 100 if a field isn't in `known`
 */
export function selectFields(
  request: GraphRequest,
  nodeType: string,
  known: readonly string[],
  defaults: readonly string[],
): (node: GraphNode) => GraphNode {
  const fields = request.url.searchParams.get("fields");
  const names = fields ? splitFields(fields) : defaults;
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw parameterFailure(
      `Tried accessing nonexisting field (${unknown}) on node type (${nodeType})`,
    );
  return (node) => {
    const selected = names.filter((name) => node[name] !== undefined);
    return Object.fromEntries([...selected, "id"].map((name) => [name, node[name]]));
  };
}

function splitFields(fields: string): string[] {
  let flat = fields.replaceAll(/\.limit\(\d+\)/g, "");
  while (/\{[^{}]*\}/.test(flat)) flat = flat.replaceAll(/\{[^{}]*\}/g, "");
  return flat
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
