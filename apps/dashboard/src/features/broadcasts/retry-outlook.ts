import type { Failure } from "../../api/types.ts";

type Group = Pick<Failure, "status" | "nextStep" | "count">;

/** How many of those who failed another try may reach, and how many it will hardly. */
export function retryOutlook(failures: Group[]): { hopeful: number; hopeless: number } {
  const failed = failures.filter(({ status }) => status === "failed");
  const hopeful = sum(failed.filter(({ nextStep }) => nextStep === "retry_failed"));
  return { hopeful, hopeless: sum(failed) - hopeful };
}

function sum(groups: Group[]): number {
  return groups.reduce((total, { count }) => total + count, 0);
}
