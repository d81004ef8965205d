/** Source of the value for one slot of a template, as in the contract. */
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

/** A contact field that a message needs. */
export interface NeededField {
  /** `phone`, `name`, `email` or `attributes.<key>`. */
  field: string;
  fallback: string | null;
}

export interface ComponentVariables {
  /** Values by slot key; a media or location header has the key `"1"`. */
  header?: Record<string, VariableValue> | undefined;
  body?: Record<string, VariableValue> | undefined;
  /** Values by button index, then by slot key. */
  buttons?: Record<string, Record<string, VariableValue>> | undefined;
}

/** A broadcast's `variables`, as in the contract. */
export interface TemplateVariables extends ComponentVariables {
  cards?: ComponentVariables[] | undefined;
  /** End of a limited-time offer under the key `"1"`: a text with an ISO 8601 time. */
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

/** The variables don't fit the template. `problems` lists every error. */
export class TemplateVariablesError extends Error {
  override readonly name = "TemplateVariablesError";
  readonly problems: readonly TemplateVariablesProblem[];

  constructor(problems: readonly TemplateVariablesProblem[]) {
    super(`The template's variables have ${problems.length} problem(s)`);
    this.problems = problems;
  }
}
