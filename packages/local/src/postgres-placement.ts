import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { endLeftOverPostgres } from "./end-left-over-postgres.ts";
import type { PostgresAccount } from "./postgres-account.ts";
import type { PostgresBinaries } from "./postgres-binaries.ts";

/**
 * Returns the folder for the cluster's files: `dataDir`, unless `account` can't reach it (a
 * checkout under /root, mode 0700). In that case returns a folder the account can reach, and links
 * `dataDir` to it.
 * @throws Error if data already exists in a `dataDir` that the account can't reach
 */
export async function placeData(
  dataDir: string,
  account: PostgresAccount,
  persistent: boolean,
): Promise<string> {
  if (lstatSync(dataDir, { throwIfNoEntry: false })?.isSymbolicLink()) {
    if (existsSync(dataDir)) return realpathSync(dataDir);
    rmSync(dataDir);
  }
  const parent = dirname(dataDir);
  mkdirSync(parent, { recursive: true });
  if (!account || canRun(account, "/bin/sh", ["-c", 'cd "$1"', "sh", parent])) return dataDir;
  if (existsSync(dataDir)) {
    throw new Error(
      `The account that runs PostgreSQL cannot reach ${dataDir}: ` +
        "allow it with `chmod a+x` on the folders above, or move that folder away.",
    );
  }
  const place = join(reachableBase(persistent), `${basename(dataDir)}-${shortHash(dataDir)}`);
  // No link leads to this folder, so its content belongs to state that was deleted.
  await endLeftOverPostgres(place);
  rmSync(place, { recursive: true, force: true });
  symlinkSync(place, dataDir);
  return place;
}

/** Returns `binaries` if `account` can run them, or else a copy that it can run. */
export function placeBinaries(
  binaries: PostgresBinaries,
  account: PostgresAccount,
): PostgresBinaries {
  if (!account || canRun(account, binaries.postgres, ["--version"])) return binaries;
  const source = dirname(dirname(binaries.postgres));
  const copy = join(reachableBase(true), `server-${shortHash(source)}`);
  const placed = { initdb: join(copy, "bin", "initdb"), postgres: join(copy, "bin", "postgres") };
  if (!canRun(account, placed.postgres, ["--version"])) {
    const fresh = `${copy}.${process.pid}`;
    cpSync(source, fresh, { recursive: true, verbatimSymlinks: true });
    spawnSync("chmod", ["-R", "a+rX", fresh]);
    rmSync(copy, { recursive: true, force: true });
    renameSync(fresh, copy);
  }
  return placed;
}

function canRun(account: NonNullable<PostgresAccount>, file: string, args: string[]): boolean {
  return spawnSync(file, args, { ...account, cwd: "/", stdio: "ignore" }).status === 0;
}

function reachableBase(persistent: boolean): string {
  // Only root calls this, so the system's state folder is writable.
  const base = persistent ? "/var/lib/loudhailer" : tmpdir();
  mkdirSync(base, { recursive: true, mode: 0o755 });
  return base;
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 10);
}
