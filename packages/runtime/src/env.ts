import { z } from "zod";
import { StartError } from "./start-error.ts";

export interface EnvFault {
  /** Null when the fault lies in how several variables go together. */
  variable: string | null;
  problem: string;
  example: string | null;
}

/** Everything that is wrong with the environment, in one message. */
export class EnvError extends StartError {
  readonly faults: readonly EnvFault[];

  constructor(faults: readonly EnvFault[]) {
    super(describeFaults(faults));
    this.name = "EnvError";
    this.faults = faults;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment as `schema` describes it. An empty variable counts as not set. Throws EnvError
 * with every fault at once; it names variables and examples (the field's `meta({ example })`),
 * never a value, which may be a secret.
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
  throw new EnvError(result.error.issues.map((issue) => toFault(issue, schema, known)));
}

function toFault(issue: z.core.$ZodIssue, schema: z.ZodObject, known: Environment): EnvFault {
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

function describeFaults(faults: readonly EnvFault[]): string {
  const lines = faults.map(({ variable, problem, example }) => {
    const subject = variable === null ? "" : `${variable} `;
    const remedy = variable === null || example === null ? "" : `\n    ${variable}=${example}`;
    return `  ${subject}${problem}${remedy}`;
  });
  const intro =
    faults.length === 1
      ? "One thing is wrong with the environment:"
      : `${faults.length} things are wrong with the environment:`;
  return [intro, ...lines].join("\n");
}
