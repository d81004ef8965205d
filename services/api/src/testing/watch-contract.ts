import type { OpenApi, Operation } from "./open-api.ts";
import type { TestAnswer } from "./test-client.ts";

/** Checks responses against the OpenAPI document. `check` serves as a test client's `onAnswer`. */
export function createContractWatch(api: OpenApi) {
  const errors: string[] = [];
  const statusesByOperation = new Map<string, Set<number>>();
  const patterns = api.operations
    // A path without parameters precedes a path with parameters that would match it too.
    .toSorted((a, b) => a.path.split("{").length - b.path.split("{").length)
    .map((operation) => ({
      operation,
      pattern: new RegExp(
        `^${operation.path.replaceAll(".", "\\.").replaceAll(/\{[^}]+\}/g, "[^/]+")}$`,
      ),
    }));

  function operationOf(method: string, path: string): Operation | undefined {
    const [route = ""] = path.split("?");
    return patterns.find(
      ({ operation, pattern }) => operation.method === method && pattern.test(route),
    )?.operation;
  }

  function check(method: string, path: string, answer: TestAnswer): void {
    const operation = operationOf(method, path);
    if (operation === undefined) return;
    const statuses = statusesByOperation.get(operation.name) ?? new Set();
    statusesByOperation.set(operation.name, statuses.add(answer.status));
    const contentType = answer.headers.get("content-type") ?? "";
    const body = contentType.includes("json") ? answer.body : answer.text;
    errors.push(...api.errorsOf(operation, { status: answer.status, contentType, body }));
  }

  return {
    errors,
    check,
    /** Returns the operations that never succeeded. */
    unproven(): string[] {
      return api.operations
        .map(({ name }) => name)
        .filter(
          (name) => ![...(statusesByOperation.get(name) ?? [])].some((status) => status < 300),
        );
    },
  };
}
