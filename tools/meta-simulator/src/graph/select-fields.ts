import type { GraphFailure } from "./graph-error.ts";
import { parameterFailure } from "./graph-error.ts";

/** A node of the Graph: its fields by name, `id` among them. */
export type GraphNode = Readonly<Record<string, unknown>>;

export interface FieldSelection {
  readonly failure?: GraphFailure;
  select(node: GraphNode): GraphNode;
}

/**
 * Reads `?fields=a,b{c}`: the fields asked for and always `id`; `defaults` when nothing is asked.
 * Braces are read as "all of it". A field that `known` doesn't have is Graph's error 100.
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
