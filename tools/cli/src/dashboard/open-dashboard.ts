import type { ShutdownStack } from "../processes/shutdown-stack.ts";
import type { SupervisedProcess } from "../processes/supervise-process.ts";
import { buildDashboard } from "./build-dashboard.ts";
import { installPackages } from "./install-packages.ts";
import { startDashboard, type StartDashboardOptions } from "./start-dashboard.ts";

/**
 * Installs the dashboard's packages and builds it, where that isn't done yet, and starts it.
 * Resolves when it answers.
 * @throws CliError if one of these fails
 */
export async function openDashboard({
  kind,
  stack,
  ...options
}: Omit<StartDashboardOptions, "mode" | "add"> & {
  kind: "built" | "dev";
  stack: ShutdownStack;
}): Promise<SupervisedProcess> {
  const { paths, say } = options;
  await installPackages(stack, say);
  const mode =
    kind === "dev" ? { kind } : { kind, ...(await buildDashboard(paths.logs, stack, say)) };
  return startDashboard({ ...options, mode, add: stack.openGroup() });
}
