import { createHash } from "node:crypto";
import { glob, readFile } from "node:fs/promises";
import { join, relative } from "node:path";

const patterns = ["package-lock.json", "apps/dashboard/*.{json,ts}", "apps/dashboard/src/**/*"];
const ignoredFiles = /next-env\.d\.ts$|\.test\.tsx?$|\/src\/testing\//;

/**
 * Returns a hash that changes with every input of the dashboard's build: sources and dependencies.
 */
export async function hashSources(checkout: string): Promise<string> {
  const files: string[] = [];
  for await (const entry of glob(patterns, { cwd: checkout, withFileTypes: true })) {
    const file = relative(checkout, join(entry.parentPath, entry.name));
    if (entry.isFile() && !ignoredFiles.test(file)) files.push(file);
  }
  const hash = createHash("sha256");
  for (const file of files.toSorted()) {
    hash.update(`${file}\0`).update(await readFile(join(checkout, file)));
  }
  return hash.digest("hex").slice(0, 16);
}
