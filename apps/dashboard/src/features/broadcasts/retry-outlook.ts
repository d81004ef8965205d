import type { Failure } from "../../api/types.ts";

type Group = Pick<Failure, "status" | "nextStep" | "count">;

/** Returns how many failed recipients a retry may reach, and how many will likely fail again. */
export function retryOutlook(failures: Group[]): { retryable: number; permanent: number } {
  const failed = failures.filter(({ status }) => status === "failed");
  const retryable = sum(failed.filter(({ nextStep }) => nextStep === "retry_failed"));
  return { retryable, permanent: sum(failed) - retryable };
}

function sum(groups: Group[]): number {
  return groups.reduce((total, { count }) => total + count, 0);
}
