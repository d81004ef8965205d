import { join } from "node:path";
import { checkoutDir } from "../checkout.ts";
import { runProgram } from "../run-program.ts";

/**
 * Runs `check`: formatting, lint, types, and unused code, as turbo's root tasks. Returns the exit
 * code.
 */
export function check(): Promise<number> {
  const turbo = join(checkoutDir, "node_modules", ".bin", "turbo");
  const tasks = ["check:format", "check:lint", "check:types", "check:unused"];
  return runProgram(
    turbo,
    ["run", ...tasks, "--continue=always", "--log-order=grouped", "--log-prefix=none"],
    {
      ...process.env,
      TURBO_TELEMETRY_DISABLED: "1",
      TURBO_NO_UPDATE_NOTIFIER: "1",
    },
  );
}
