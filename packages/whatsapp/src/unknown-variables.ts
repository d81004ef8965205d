import type { TemplateSlot } from "./template-slots.ts";
import type {
  ComponentVariables,
  TemplateVariables,
  TemplateVariablesProblem,
} from "./template-variables.ts";

/** Returns a problem for each variable that matches no slot of the template. */
export function unknownVariables(
  slots: readonly TemplateSlot[],
  variables: TemplateVariables,
): TemplateVariablesProblem[] {
  const known = new Set(slots.map((slot) => slot.path));
  // A one-time code's button repeats the body's value, so mapping it too changes nothing.
  for (const slot of slots) {
    if (slot.oneTimeCodeButtonIndex !== null) known.add(`buttons.${slot.oneTimeCodeButtonIndex}.1`);
  }
  const given = [
    ...pathsIn(variables, ""),
    ...Object.keys(variables.offer ?? {}).map((key) => `offer.${key}`),
    ...(variables.cards ?? []).flatMap((card, index) => pathsIn(card, `cards.${index}.`)),
  ];
  return given
    .filter((path) => !known.has(path))
    .map((path) => ({ path, problem: "unknown", message: "The template has no such variable." }));
}

function pathsIn(variables: ComponentVariables, prefix: string): string[] {
  return [
    ...Object.keys(variables.header ?? {}).map((key) => `${prefix}header.${key}`),
    ...Object.keys(variables.body ?? {}).map((key) => `${prefix}body.${key}`),
    ...Object.entries(variables.buttons ?? {}).flatMap(([index, values]) =>
      Object.keys(values).map((key) => `${prefix}buttons.${index}.${key}`),
    ),
  ];
}
