/** Where one slot of a template takes its value from: the contract's V. */
export type VariableValue =
  | { source: "field"; field: string; fallback?: string | null | undefined }
  | { source: "text"; value: string }
  | {
      source: "media";
      link?: string | undefined;
      mediaId?: string | undefined;
      filename?: string | undefined;
    }
  | {
      source: "location";
      latitude: number;
      longitude: number;
      name?: string | undefined;
      address?: string | undefined;
    };

export interface ComponentVariables {
  /** A media or location header's key is "1". */
  header?: Record<string, VariableValue> | undefined;
  body?: Record<string, VariableValue> | undefined;
  /** By the button's index, then by slot name. */
  buttons?: Record<string, Record<string, VariableValue>> | undefined;
}

/** A broadcast's `variables`, as in the contract. */
export interface TemplateVariables extends ComponentVariables {
  cards?: ComponentVariables[] | undefined;
  /** When a limited-time offer ends, under "1": a text with an ISO 8601 time. */
  offer?: Record<string, VariableValue> | undefined;
}

export interface TemplateVariablesProblem {
  /** `body.1`, `buttons.0.1`, `cards.2.header.1` … */
  path: string;
  problem:
    | "missing"
    | "unknown"
    | "wrong_type"
    | "unknown_field"
    | "empty"
    | "too_long"
    | "unsupported";
  message: string;
}

/** The variables don't fit the template; `problems` names every fault at once. */
export class TemplateVariablesError extends Error {
  override readonly name = "TemplateVariablesError";
  readonly problems: readonly TemplateVariablesProblem[];

  constructor(problems: readonly TemplateVariablesProblem[]) {
    super(`The template's variables have ${problems.length} problem(s)`);
    this.problems = problems;
  }
}
