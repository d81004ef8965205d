import { execFileSync } from "node:child_process";

import { findOnPath } from "./find-on-path.ts";
import { findRedisServer } from "./redis-server.ts";

/**
 * Installs Debian's redis-server where we are root, and returns its path.
 * @throws Error that names the remedy where that cannot be done
 */
export function installRedisServer(): string {
  const aptGet = process.getuid?.() === 0 ? findOnPath("apt-get") : null;
  if (aptGet) {
    const options = {
      stdio: "ignore",
      timeout: 180_000,
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" },
    } as const;
    const install = ["install", "-y", "-q", "--no-install-recommends", "redis-server"];
    try {
      execFileSync(aptGet, install, options);
    } catch {
      // On a fresh image the package lists are missing.
      try {
        execFileSync(aptGet, ["update", "-q"], options);
        execFileSync(aptGet, install, options);
      } catch {
        // The look-up below decides.
      }
    }
  }
  const program = findRedisServer();
  if (program) return program;
  throw new Error(
    "Redis is needed and none was found: install redis-server or valkey-server " +
      "(`apt-get install redis-server`, `brew install redis`), or set REDIS_URL.",
  );
}
