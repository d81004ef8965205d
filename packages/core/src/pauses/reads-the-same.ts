import { isDeepStrictEqual } from "node:util";
import { isRecord } from "@loudhailer/runtime/is-record.ts";

/**
 * Returns whether recipients would read and be offered the same in both versions of a template's
 * components. Samples and empty values don't count, nor does the case of Meta's enums.
 */
export function readsTheSame(before: unknown, after: unknown): boolean {
  return isDeepStrictEqual(shown(before), shown(after));
}

const enums = new Set(["type", "format"]);

function shown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shown);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      // Webhooks omit samples, and Meta returns a header's sample under a new URL each time.
      .filter(([key, inner]) => key !== "example" && inner !== null && inner !== undefined)
      .map(([key, inner]) => [
        key,
        enums.has(key) && typeof inner === "string" ? inner.toUpperCase() : shown(inner),
      ]),
  );
}
