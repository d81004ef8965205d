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
 * Where the cluster's files really go: `dataDir`, unless `account` cannot reach it (a checkout
 * under /root, mode 0700). Then a folder that it can reach, with a link to it at `dataDir`.
 * @throws Error when data stands already where the account cannot reach it
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
  // Without a link to it, what stands there is of a state that was deleted.
  await endLeftOverPostgres(place);
  rmSync(place, { recursive: true, force: true });
  symlinkSync(place, dataDir);
  return place;
}

/** The binaries themselves, or a copy of them that `account` can run. */
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
  // Only root comes here, so the system's folder for state can be written to.
  const base = persistent ? "/var/lib/loudhailer" : tmpdir();
  mkdirSync(base, { recursive: true, mode: 0o755 });
  return base;
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 10);
}
