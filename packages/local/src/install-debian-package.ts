import { execFileSync } from "node:child_process";
import { findOnPath } from "./find-on-path.ts";

/** Installs a package of Debian where we are root; whether it is there then is for the caller to see. */
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
    // On a fresh image the package lists are missing.
    try {
      execFileSync(aptGet, ["update", "-q"], options);
      execFileSync(aptGet, install, options);
    } catch {
      // The caller looks whether it is there.
    }
  }
}
