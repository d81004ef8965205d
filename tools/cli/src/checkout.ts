import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout that this command belongs to. */
export const checkoutDir = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");

/** Where a local run keeps everything that is not part of the sources. */
export interface StatePaths {
  dir: string;
  logs: string;
  postgres: string;
  redis: string;
  secrets: string;
  runFile: string;
  lock: string;
}

/** The paths under LOUDHAILER_STATE_DIR, for tests, or else under `.loudhailer` of the checkout. */
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
