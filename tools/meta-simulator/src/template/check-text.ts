import { messageFailure, parameterFailure } from "../graph/graph-error.ts";
import { isObject, type JsonObject } from "../json.ts";
import type { Slots } from "./placeholders.ts";

export interface TextRules {
  /** Position of the text, as Meta names it: `body`, `header`, `carousel card 0 body`. */
  readonly part: string;
  readonly slots: Slots;
  readonly isNamed: boolean;
  readonly lengthMax: number;
}

// Meta: "Param text cannot have new-line/tab characters or more than 4 consecutive spaces."
const forbidden = /[\n\r\t]| {5}/;

/** Checks the parameters of a text against the template's placeholders in it. */
export function checkText(rules: TextRules, parameters: readonly unknown[]): void {
  const { part, slots } = rules;
  const expected = slots.names.length;
  for (const parameter of parameters) {
    if (!isObject(parameter)) throw parameterFailure(`Param of ${part} must be an object.`);
    if (
      rules.isNamed &&
      !(typeof parameter.parameter_name === "string" && parameter.parameter_name)
    )
      throw messageFailure(100, "Parameter name is missing or empty");
  }
  if (parameters.length !== expected)
    throw messageFailure(
      132000,
      `${part}: number of localizable_params (${parameters.length}) does not match the expected number of params (${expected})`,
    );
  let length = slots.fixedLength;
  const seen = rules.isNamed ? new Set<string>() : undefined;
  for (let i = 0; i < parameters.length; i++) {
    const parameter = parameters[i];
    if (!isObject(parameter)) continue;
    const at = rules.isNamed ? slots.names.indexOf(String(parameter.parameter_name)) : i;
    checkName(rules, parameter, at, seen);
    checkValue(part, parameter);
    length += valueOf(parameter).length * (slots.uses[at] ?? 1);
  }
  if (length > rules.lengthMax)
    throw messageFailure(
      132005,
      `${part}: translated text has ${length} characters, at most ${rules.lengthMax} are allowed`,
    );
}

function checkName(
  rules: TextRules,
  parameter: JsonObject,
  at: number,
  seen: Set<string> | undefined,
): void {
  if (seen === undefined) {
    if (parameter.parameter_name === undefined) return;
    throw messageFailure(132012, `${rules.part}: parameter_name given for a positional template`);
  }
  const name = String(parameter.parameter_name);
  if (at === -1)
    throw messageFailure(132012, `${rules.part}: the template has no parameter named (${name})`);
  if (seen.has(name))
    throw messageFailure(132012, `${rules.part}: parameter (${name}) given twice`);
  seen.add(name);
}

function checkValue(part: string, parameter: JsonObject): void {
  const type = String(parameter.type).toLowerCase();
  if (type === "currency" || type === "date_time") {
    checkLocalized(type, parameter[type]);
    return;
  }
  if (type !== "text")
    throw messageFailure(
      132012,
      `${part}: Format mismatch, expected TEXT, received ${type.toUpperCase()}`,
    );
  checkPlainText(parameter.text);
}

/** Checks the rules for any text given by the sender. Returns the text. */
export function checkPlainText(text: unknown): string {
  if (text === undefined || text === "" || text === null)
    throw messageFailure(131008, "Parameter of type text is missing text value");
  if (typeof text !== "string") throw parameterFailure("Param text must be a string.");
  if (forbidden.test(text))
    throw messageFailure(
      132018,
      "Param text cannot have new-line/tab characters or more than 4 consecutive spaces",
    );
  return text;
}

function checkLocalized(type: string, value: unknown): void {
  const required =
    type === "currency" ? ["fallback_value", "code", "amount_1000"] : ["fallback_value"];
  const missing = required.find((key) => !isObject(value) || value[key] === undefined);
  if (missing !== undefined)
    throw messageFailure(131008, `Parameter of type ${type} is missing ${missing} value`);
}

function valueOf(parameter: JsonObject): string {
  if (typeof parameter.text === "string") return parameter.text;
  const localized = parameter.currency ?? parameter.date_time;
  return isObject(localized) ? String(localized.fallback_value) : "";
}
