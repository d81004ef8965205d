import { existsSync } from "node:fs";
import { findOnPath } from "./find-on-path.ts";
import { installDebianPackage } from "./install-debian-package.ts";

const onMac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/**
 * The path of a Chromium or Chrome of this system, or else of Debian's, installed where we are root.
 * CHROMIUM_PATH names another.
 * @throws Error that names the remedy where there is none
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
