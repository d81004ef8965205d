import { existsSync } from "node:fs";
import { findOnPath } from "./find-on-path.ts";
import { installDebianPackage } from "./install-debian-package.ts";

const onMac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/**
 * Returns the path in CHROMIUM_PATH, or else of an installed Chromium or Chrome. If there is none
 * and this process runs as root, installs Debian's package.
 * @throws Error with instructions if none is found and none can be installed
 */
export function resolveChromium(): string {
  const found = process.env["CHROMIUM_PATH"] || findChromium();
  if (found) return found;
  installDebianPackage("chromium");
  const installed = findChromium();
  if (installed) return installed;
  throw new Error(
    "A Chromium is needed and none was found: install it (`apt-get install chromium`, " +
      "`brew install --cask google-chrome`), or set CHROMIUM_PATH.",
  );
}

function findChromium(): string | null {
  return (
    findOnPath("chromium", "chromium-browser", "google-chrome", "google-chrome-stable") ??
    (existsSync(onMac) ? onMac : null)
  );
}
