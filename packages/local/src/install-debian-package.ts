import { execFileSync } from "node:child_process";
import { findOnPath } from "./find-on-path.ts";

/**
 * Installs a Debian package if this process runs as root. Doesn't report failure: the caller checks
 * whether the program exists.
 */
export function installDebianPackage(name: string): void {
  const aptGet = process.getuid?.() === 0 ? findOnPath("apt-get") : null;
  if (!aptGet) return;
  const options = {
    stdio: "ignore",
    timeout: 300_000,
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" },
  } as const;
  const install = ["install", "-y", "-q", "--no-install-recommends", name];
  try {
    execFileSync(aptGet, install, options);
  } catch {
    // The package lists are missing on a fresh image.
    try {
      execFileSync(aptGet, ["update", "-q"], options);
      execFileSync(aptGet, install, options);
    } catch {
      // The caller checks whether the program exists.
    }
  }
}
