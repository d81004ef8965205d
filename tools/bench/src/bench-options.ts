/** Command-line options. Each benchmark uses the ones that apply to it. */
export interface BenchOptions {
  /** Prefixes of scenario names; empty means all scenarios. */
  only: string[];
  runs: number | undefined;
  recipients: number | undefined;
}

/**
 * Returns the scenarios whose names have one of the prefixes in `only`, or all if it is empty.
 * @throws Error if no scenario matches
 */
export function chosen<T extends { name: string }>(scenarios: T[], { only }: BenchOptions): T[] {
  if (only.length === 0) return scenarios;
  const fitting = scenarios.filter(({ name }) => only.some((start) => name.startsWith(start)));
  if (fitting.length > 0) return fitting;
  const names = scenarios.map(({ name }) => name).join(", ");
  throw new Error(`There is no scenario ${only.join(", ")}. There are: ${names}.`);
}
