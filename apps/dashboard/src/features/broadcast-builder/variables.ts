import type { TemplateSlot, TemplateVariables, VariableValue } from "../../api/types.ts";

type Node = { [key: string]: Node | VariableValue } | Node[];

/** Returns the value of a slot; null if it has none. */
export function valueAt(variables: TemplateVariables, path: string): VariableValue | null {
  let node: unknown = variables;
  for (const key of path.split(".")) {
    if (typeof node !== "object" || node === null) return null;
    node = Reflect.get(node, key);
  }
  return isValue(node) ? node : null;
}

/** Returns a copy of the variables with a slot's value set, or removed if `value` is null. */
export function withValue(
  variables: TemplateVariables,
  path: string,
  value: VariableValue | null,
): TemplateVariables {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- slot paths come from the API
  return setAt(variables, path.split("."), value) as TemplateVariables;
}

function setAt(node: Node, [key = "", ...rest]: string[], value: VariableValue | null): Node {
  if (Array.isArray(node)) {
    const copy = [...node];
    const index = Number(key);
    while (copy.length <= index) copy.push({});
    copy[index] = setAt(copy[index] ?? {}, rest, value);
    return copy;
  }
  const copy = { ...node };
  if (rest.length === 0) {
    if (value === null) delete copy[key];
    else copy[key] = value;
    return copy;
  }
  const child = copy[key];
  const empty: Node = key === "cards" ? [] : {};
  copy[key] = setAt(child === undefined || isValue(child) ? empty : child, rest, value);
  return copy;
}

function isValue(value: unknown): value is VariableValue {
  return (
    typeof value === "object" &&
    value !== null &&
    "source" in value &&
    typeof value.source === "string"
  );
}

/** Returns the variables without values of another template, which this one has no slots for. */
export function keepSlots(variables: TemplateVariables, slots: TemplateSlot[]): TemplateVariables {
  return slots.reduce<TemplateVariables>((kept, { path }) => {
    const value = valueAt(variables, path);
    return value === null ? kept : withValue(kept, path, value);
  }, {});
}

/**
 * Returns the contact field that matches a slot's name, such as the name for `first_name` and the
 * attribute City for `city`; null if none matches.
 */
function guessField(slot: TemplateSlot, attributes: string[]): string | null {
  const wanted = plain(slot.key);
  if (/^\d*$/.test(wanted)) return null;
  if (["name", "firstname", "fullname", "customername"].includes(wanted)) return "name";
  if (["phone", "phonenumber", "mobile"].includes(wanted)) return "phone";
  if (["email", "mail"].includes(wanted)) return "email";
  const attribute = attributes.find((key) => plain(key) === wanted);
  return attribute === undefined ? null : `attributes.${attribute}`;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** Returns the variables with empty text slots filled from contact fields with matching names. */
export function withGuesses(
  variables: TemplateVariables,
  slots: TemplateSlot[],
  attributes: string[],
): TemplateVariables {
  return slots.reduce((filled, slot) => {
    if (slot.type !== "text" || valueAt(filled, slot.path) !== null) return filled;
    const field = guessField(slot, attributes);
    return field === null ? filled : withValue(filled, slot.path, { source: "field", field });
  }, variables);
}
