import { createRequire } from "node:module";
import { join } from "node:path";
import { checkoutDir } from "../checkout.ts";

export const dashboardDir = join(checkoutDir, "apps", "dashboard");

/** Next's command line, as the dashboard has it. */
export const nextProgram = createRequire(join(dashboardDir, "package.json")).resolve(
  "next/dist/bin/next",
);

/** The environment that Next gets: it must call nobody and can't be told another mode by ours. */
export function dashboardEnvironment(): NodeJS.ProcessEnv {
  const { NODE_ENV: _, NODE_OPTIONS: __, ...env } = process.env;
  return { ...env, NEXT_TELEMETRY_DISABLED: "1" };
}
