import { DomainError } from "../domain-error.ts";
import { refusedByMeta } from "../meta-refusal.ts";
import type { NumberProblem } from "./inspect-number.ts";

const paths: Partial<Record<NumberProblem["check"], string>> = {
  waba: "wabaId",
  app_secret: "appSecret",
};

/** Returns the error for a problem that keeps a number or its new secrets from being saved. */
export function refuseNumber(problem: NumberProblem): DomainError {
  const message = `${problem.message} ${problem.advice}`;
  if (problem.failure !== null) return refusedByMeta(message, problem.failure);
  const path = paths[problem.check] ?? "accessToken";
  return new DomainError("invalid_input", message, {
    fields: [{ path, message: problem.message }],
  });
}
