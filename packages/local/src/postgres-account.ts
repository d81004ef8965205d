import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";

/** The account PostgreSQL runs under; null is our own. */
export type PostgresAccount = { uid: number; gid: number } | null;

/**
 * Who has to run the server: ourselves, unless we are root, which PostgreSQL refuses. Then it is
 * the owner of the data that exists, else the account `postgres`, which is made if missing.
 * @throws Error when there is no such account and none can be made
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
    // Two runs may race for it; the look-up below decides.
  }
  const made = lookUpAccount();
  if (made) return made;
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
