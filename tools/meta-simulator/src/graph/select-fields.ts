import { parameterFailure, type GraphFailure } from "./graph-error.ts";

/** Node of the Graph: its fields by name, including `id`. */
export type GraphNode = Readonly<Record<string, unknown>>;

export interface FieldSelection {
  readonly failure?: GraphFailure;
  select(node: GraphNode): GraphNode;
}

/**
 * Parses `?fields=a,b{c}` into a selection of these fields and always `id`, or of `defaults`
 * without it. A field with braces is selected as a whole. A field that isn't in `known` gives
 * Graph's error 100.
 */
export function selectFields(
  fields: string | null,
  nodeType: string,
  known: readonly string[],
  defaults: readonly string[],
): FieldSelection {
  const names = fields ? splitFields(fields) : defaults;
  const unknown = names.find((name) => !known.includes(name));
  const select = (node: GraphNode): GraphNode => {
    const selected = names.filter((name) => node[name] !== undefined);
    return Object.fromEntries([...selected, "id"].map((name) => [name, node[name]]));
  };
  if (unknown === undefined) return { select };
  const message = `Tried accessing nonexisting field (${unknown}) on node type (${nodeType})`;
  return { select, failure: parameterFailure(message) };
}

function splitFields(fields: string): string[] {
  let flat = fields.replaceAll(/\.limit\(\d+\)/g, "");
  while (/\{[^{}]*\}/.test(flat)) flat = flat.replaceAll(/\{[^{}]*\}/g, "");
  return flat
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
