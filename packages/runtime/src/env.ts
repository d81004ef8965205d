import { z } from "zod";
import { StartError } from "./start-error.ts";

export interface EnvIssue {
  /** Name of the variable. Null if the problem is a combination of several variables. */
  variable: string | null;
  problem: string;
  example: string | null;
}

/** An error with every problem of the environment in one message. */
export class EnvError extends StartError {
  readonly issues: readonly EnvIssue[];

  constructor(issues: readonly EnvIssue[]) {
    super(describeIssues(issues));
    this.name = "EnvError";
    this.issues = issues;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Parses the environment with `schema`. An empty variable counts as not set. The error's message
 * names variables and examples (the field's `meta({ example })`), but no values, which may be
 * secrets.
 * @throws EnvError with every issue at once if the environment doesn't match `schema`
 */
export function parseEnv<S extends z.ZodObject>(
  schema: S,
  source: Environment = process.env,
): z.output<S> {
  const known: Record<string, string | undefined> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = source[name]?.trim();
    if (value !== undefined && value !== "") known[name] = value;
  }
  const result = schema.safeParse(known);
  if (result.success) return result.data;
  throw new EnvError(result.error.issues.map((issue) => toEnvIssue(issue, schema, known)));
}

function toEnvIssue(issue: z.core.$ZodIssue, schema: z.ZodObject, known: Environment): EnvIssue {
  const variable = issue.path[0];
  if (typeof variable !== "string") {
    return { variable: null, problem: issue.message, example: null };
  }
  const missing = known[variable] === undefined;
  return {
    variable,
    problem: missing ? "is not set" : issue.message,
    example: exampleOf(schema.shape[variable]),
  };
}

function exampleOf(field: z.core.$ZodType | undefined): string | null {
  if (!field) return null;
  const example = z.globalRegistry.get(field)?.["example"];
  if (typeof example === "string") return example;
  const wrapped = field instanceof z.ZodOptional || field instanceof z.ZodDefault;
  return wrapped ? exampleOf(field.unwrap()) : null;
}

function describeIssues(issues: readonly EnvIssue[]): string {
  const lines = issues.map(({ variable, problem, example }) => {
    const subject = variable === null ? "" : `${variable} `;
    const remedy = variable === null || example === null ? "" : `\n    ${variable}=${example}`;
    return `  ${subject}${problem}${remedy}`;
  });
  const intro =
    issues.length === 1
      ? "One thing is wrong with the environment:"
      : `${issues.length} things are wrong with the environment:`;
  return [intro, ...lines].join("\n");
}
