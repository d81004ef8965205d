import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Path of the checkout that contains this command. */
export const checkoutDir = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");

/** Paths of a local run's data, logs, and secrets, apart from the sources. */
export interface StatePaths {
  dir: string;
  logs: string;
  postgres: string;
  redis: string;
  secrets: string;
  runFile: string;
  lock: string;
}

/**
 * Returns the paths in LOUDHAILER_STATE_DIR (for tests), or else in the checkout's `.loudhailer`.
 */
export function statePaths(): StatePaths {
  const dir = process.env["LOUDHAILER_STATE_DIR"] || join(checkoutDir, ".loudhailer");
  return {
    dir,
    logs: join(dir, "logs"),
    postgres: join(dir, "postgres"),
    redis: join(dir, "redis"),
    secrets: join(dir, "secrets.json"),
    runFile: join(dir, "run.json"),
    lock: join(dir, "up.lock"),
  };
}
