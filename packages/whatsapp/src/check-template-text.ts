import { isRecord } from "@loudhailer/runtime/is-record.ts";
import type { TemplateProblem } from "./check-template.ts";
import type { TemplateComponent } from "./template-components.ts";
import { isPositional, placeholdersIn } from "./template-placeholders.ts";

export interface TextRules {
  lengthMax: number;
  variablesMax: number;
  part: "header" | "body" | "footer";
  parameterFormat: "POSITIONAL" | "NAMED";
}

const named = /^[a-z][a-z0-9_]*$/;

/** Checks one text's length and its variables' names, positions and examples. */
export function checkTemplateText(
  component: TemplateComponent,
  at: string,
  rules: TextRules,
): TemplateProblem[] {
  const text = component.text ?? "";
  const path = `${at}.text`;
  const problems: TemplateProblem[] = [];
  const refuse = (message: string, where = path) => problems.push({ path: where, message });
  if (text.trim() === "") refuse("is required");
  if (text.length > rules.lengthMax) {
    refuse(`has ${text.length} characters, at most ${rules.lengthMax} are allowed`);
  }
  const names = placeholdersIn(text);
  if (names.length > rules.variablesMax) {
    refuse(
      rules.variablesMax === 0
        ? "can't have variables"
        : `has ${names.length} variables, at most ${rules.variablesMax} is allowed`,
    );
  }
  if (rules.part === "body") {
    if (/^\s*\{\{/.test(text) || /\}\}[\s.!?,;:]*$/.test(text)) {
      refuse("can't begin or end with a variable");
    }
    if (/\}\}\s*\{\{/.test(text)) refuse("two variables need words between them");
  }
  checkNames(names, rules.parameterFormat, refuse);
  if (names.length > 0 && rules.variablesMax > 0)
    checkExamples(component, at, rules, names, refuse);
  return problems;
}

type Refuse = (message: string, where?: string) => void;

function checkNames(names: readonly string[], format: string, refuse: Refuse): void {
  if (format === "NAMED") {
    const wrong = names.filter((name) => !named.test(name));
    if (wrong.length > 0) {
      refuse(`names of variables have small letters, digits and underscores: ${wrong.join(", ")}`);
    }
    return;
  }
  if (names.some((name) => !isPositional(name))) {
    refuse("variables are numbered, as in {{1}}; named ones need the parameterFormat NAMED");
  } else if (names.some((name, index) => Number(name) !== index + 1)) {
    refuse(`variables are numbered from 1 without gaps; there are ${names.join(", ")}`);
  }
}

function checkExamples(
  { example }: TemplateComponent,
  at: string,
  { part, parameterFormat }: TextRules,
  names: readonly string[],
  refuse: Refuse,
): void {
  const isHeader = part === "header";
  if (parameterFormat === "NAMED") {
    const key = isHeader ? "header_text_named_params" : "body_text_named_params";
    const given = (example?.[key] ?? []).map((entry) =>
      isRecord(entry) ? entry["param_name"] : undefined,
    );
    if (!names.every((name) => given.includes(name))) {
      refuse("needs an example for each variable", `${at}.example.${key}`);
    }
    return;
  }
  const key = isHeader ? "header_text" : "body_text";
  const rows: unknown = isHeader ? example?.header_text : firstRow(example?.body_text);
  if (!Array.isArray(rows) || rows.length < names.length) {
    refuse("needs an example for each variable", `${at}.example.${key}`);
  }
}

function firstRow(bodyText: unknown): unknown {
  const first: unknown = Array.isArray(bodyText) ? bodyText[0] : undefined;
  return Array.isArray(first) ? first : bodyText;
}
