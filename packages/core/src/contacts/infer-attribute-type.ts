import type { AttributeType } from "@loudhailer/contracts/contacts.ts";

const patterns: [AttributeType, RegExp][] = [
  ["boolean", /^(?:true|false)$/i],
  ["number", /^[+-]?\d{1,30}(?:\.\d{1,30})?$/],
  ["date", /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:[T ]\d{2}:\d{2}.*)?$/],
];

const examplesMax = 3;
const exampleLengthMax = 200;

/** Returns a few of an attribute's values, each once and shortened. */
export function examplesOf(values: readonly unknown[]): string[] {
  const examples = [...new Set(values.map(String))].slice(0, examplesMax);
  return examples.map((text) => text.slice(0, exampleLengthMax));
}

/** Returns the type of all values of an attribute, or text if they differ or there are none. */
export function inferAttributeType(values: readonly unknown[]): AttributeType {
  const texts = values.map(String);
  const found = patterns.find(([, pattern]) => texts.every((text) => pattern.test(text)));
  return texts.length === 0 || found === undefined ? "text" : found[0];
}
