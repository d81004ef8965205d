import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";

/** The account that runs PostgreSQL. Null for the account of this process. */
export type PostgresAccount = { uid: number; gid: number } | null;

/**
 * Returns the account that must run the server: this process's own unless it is root, which
 * PostgreSQL refuses. For root, returns the owner of existing data, or else the account `postgres`,
 * which is created if missing.
 * @throws Error if the account `postgres` doesn't exist and can't be created
 */
export function postgresAccount(dataDir: string): PostgresAccount {
  if (process.getuid?.() !== 0) return null;
  if (existsSync(join(dataDir, "PG_VERSION"))) {
    const { uid, gid } = statSync(dataDir);
    if (uid !== 0) return { uid, gid };
  }
  const existing = lookUpAccount();
  if (existing) return existing;
  try {
    execFileSync("useradd", ["--system", "--user-group", "--no-create-home", "postgres"], {
      stdio: "ignore",
    });
  } catch {
    // Two runs may create the account at the same time. The lookup below decides.
  }
  const created = lookUpAccount();
  if (created) return created;
  throw new Error(
    "PostgreSQL refuses to run as root and the account `postgres` could not be made: " +
      "run this as an ordinary user, or set DATABASE_URL to a PostgreSQL of yours.",
  );
}

function lookUpAccount(): PostgresAccount {
  try {
    const [uid, gid] = ["-u", "-g"].map((flag) =>
      Number(execFileSync("id", [flag, "postgres"], { stdio: ["ignore", "pipe", "ignore"] })),
    );
    return uid === undefined || gid === undefined ? null : { uid, gid };
  } catch {
    return null;
  }
}
