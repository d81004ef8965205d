import { createRequire } from "node:module";
import { join } from "node:path";
import { checkoutDir } from "../checkout.ts";

export const dashboardDir = join(checkoutDir, "apps", "dashboard");

/**
 * Returns the path of Next's command line.
 * @throws Error if the dashboard's packages aren't installed
 */
export function nextProgram(): string {
  return createRequire(join(dashboardDir, "package.json")).resolve("next/dist/bin/next");
}

/** Returns Next's environment: no telemetry, and no NODE_ENV or NODE_OPTIONS of this process. */
export function dashboardEnvironment(): NodeJS.ProcessEnv {
  const { NODE_ENV: _, NODE_OPTIONS: __, ...env } = process.env;
  return { ...env, NEXT_TELEMETRY_DISABLED: "1" };
}
