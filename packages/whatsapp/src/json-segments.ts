/** Placeholder in a JSON document for one of the recipient's values, a string. */
export class Hole {
  readonly index: number;
  readonly sanitize: (value: string) => string;

  constructor(index: number, sanitize: (value: string) => string) {
    this.index = index;
    this.sanitize = sanitize;
  }
}

export type JsonNode =
  | string
  | number
  | Hole
  | readonly JsonNode[]
  | { readonly [key: string]: JsonNode };

/** JSON text around holes: `segments[0]`, hole 0, `segments[1]`, hole 1, …, the last segment. */
export interface JsonSegments {
  segments: string[];
  holes: Hole[];
}

/** Returns the document's JSON, split at its holes, so that filling it is only concatenation. */
export function jsonSegments(node: JsonNode): JsonSegments {
  const segments = [""];
  const holes: Hole[] = [];
  const write = (text: string) => {
    segments[segments.length - 1] += text;
  };
  const visit = (value: JsonNode): void => {
    if (value instanceof Hole) {
      holes.push(value);
      segments.push("");
    } else if (isList(value)) {
      write("[");
      for (const [index, item] of value.entries()) {
        if (index > 0) write(",");
        visit(item);
      }
      write("]");
    } else if (typeof value === "object") {
      write("{");
      for (const [index, [key, item]] of Object.entries(value).entries()) {
        write(`${index > 0 ? "," : ""}${JSON.stringify(key)}:`);
        visit(item);
      }
      write("}");
    } else {
      write(JSON.stringify(value));
    }
  };
  visit(node);
  return { segments, holes };
}

function isList(node: JsonNode): node is readonly JsonNode[] {
  return Array.isArray(node);
}
