/** What the command line asks of a benchmark; each takes what concerns it. */
export interface BenchOptions {
  /** Beginnings of the scenarios' names; none is all of them. */
  only: string[];
  runs: number | undefined;
  recipients: number | undefined;
}

/** The scenarios that were asked for. Throws where none fits. */
export function chosen<T extends { name: string }>(scenarios: T[], { only }: BenchOptions): T[] {
  if (only.length === 0) return scenarios;
  const fitting = scenarios.filter(({ name }) => only.some((start) => name.startsWith(start)));
  if (fitting.length > 0) return fitting;
  const names = scenarios.map(({ name }) => name).join(", ");
  throw new Error(`There is no scenario ${only.join(", ")}. There are: ${names}.`);
}
