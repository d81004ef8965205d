import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { PostgresAccount } from "./postgres-account.ts";
import type { PostgresBinaries } from "./postgres-binaries.ts";

const run = promisify(execFile);

/**
 * Creates the cluster in `place` unless it already exists. An interrupted start leaves no partial
 * cluster, since initdb writes to a neighboring folder that is then renamed.
 * @throws Error if the existing data belongs to another PostgreSQL major version, or initdb fails
 */
export async function createCluster({
  binaries,
  place,
  account,
  passwordFile,
}: {
  binaries: PostgresBinaries;
  place: string;
  account: PostgresAccount;
  passwordFile: string;
}): Promise<void> {
  const versionText = (await run(binaries.postgres, ["--version"], { ...account, cwd: "/" }))
    .stdout;
  const majorVersion = /\d+/.exec(versionText)?.[0] ?? "";
  if (existsSync(join(place, "PG_VERSION"))) {
    const dataVersion = readFileSync(join(place, "PG_VERSION"), "utf8").trim();
    if (dataVersion === majorVersion) return;
    throw new Error(
      `${place} holds data of PostgreSQL ${dataVersion}, this is PostgreSQL ${majorVersion}: ` +
        "move that folder away to start with an empty database.",
    );
  }
  const fresh = `${place}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true, mode: 0o700 });
  const readablePassword = `${fresh}.password`;
  writeFileSync(readablePassword, readPassword(passwordFile), { mode: 0o600 });
  for (const path of account ? [fresh, readablePassword] : []) {
    chownSync(path, account?.uid ?? 0, account?.gid ?? 0);
  }
  try {
    const args = ["--pgdata", fresh, "--username", "postgres", "--pwfile", readablePassword];
    args.push("--auth", "scram-sha-256", "--encoding", "UTF8", "--no-sync");
    await run(binaries.initdb, [...args, ...localeFlags(Number(majorVersion))], {
      ...account,
      cwd: "/",
    });
  } catch (error) {
    const stderr = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
    throw new Error(`PostgreSQL could not make its data folder ${place}: ${stderr}`, {
      cause: error,
    });
  } finally {
    rmSync(readablePassword, { force: true });
  }
  rmSync(place, { recursive: true, force: true });
  renameSync(fresh, place);
}

/**
 * Returns the superuser's password. Generates it on first use and stores it in `passwordFile`,
 * which only this user can read.
 */
export function readPassword(passwordFile: string): string {
  if (existsSync(passwordFile)) return readFileSync(passwordFile, "utf8").trim();
  const password = randomBytes(18).toString("base64url");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  chmodSync(passwordFile, 0o600);
  return password;
}

// The built-in provider (17 and later) needs no system locale: macOS has no C.UTF-8.
function localeFlags(majorVersion: number): string[] {
  return majorVersion >= 17
    ? ["--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
    : ["--locale", process.platform === "linux" ? "C.UTF-8" : "en_US.UTF-8"];
}
