import { isDatabaseUrl } from "@loudhailer/runtime/database-address.ts";
import { Client } from "pg";
import { CliError } from "../cli-error.ts";

const versionMin = 15;
const answerMsMax = 8_000;

/**
 * Connects once to the database of DATABASE_URL and checks its version. Connecting and the version
 * query may each take up to `timeoutMs` (default 8 s).
 * @throws CliError with the problem and the fix, without the password, if the URL is malformed, the
 *   database doesn't answer in time, or its version is too old
 */
export async function checkDatabase(databaseUrl: string, timeoutMs = answerMsMax): Promise<void> {
  const address = describeAddress(databaseUrl);
  const client = new Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version_num: string }>("SHOW server_version_num");
    const version = Math.floor(Number(rows[0]?.server_version_num) / 10_000);
    if (version < versionMin) {
      throw new CliError(
        `${address} is PostgreSQL ${version}: PostgreSQL ${versionMin} or later is needed.`,
      );
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(
      `DATABASE_URL does not answer: ${address} ${reasonOf(error)}. ` +
        "Correct it, or unset it to use the embedded PostgreSQL.",
      { cause: error },
    );
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * Returns the host, port, and database of a URL, without user and password.
 * @throws CliError if the URL is malformed
 */
function describeAddress(databaseUrl: string): string {
  const url = URL.parse(databaseUrl);
  if (!url || !isDatabaseUrl(databaseUrl)) {
    throw new CliError(
      "DATABASE_URL must look like postgres://user:password@host:5432/database " +
        "(special characters of the password percent-encoded).",
    );
  }
  return `${url.hostname || "localhost"}:${url.port || 5432}${url.pathname}`;
}

function reasonOf(error: unknown): string {
  const code: string = codeOf(error) ?? "";
  switch (code) {
    case "ECONNREFUSED":
      return "refuses connections (is the server running?)";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "has a host name that is not known";
    case "ENETUNREACH":
    case "EHOSTUNREACH":
      return "cannot be reached from here";
    case "ECONNRESET":
      return "closes connections at once";
    case "28P01":
    case "28000":
      return "refuses the user or password";
    case "3D000":
      return "has no such database";
    case "42501":
      return "does not let this user connect to the database";
    case "53300":
      return "has no connection left";
    default:
      return "gave no answer in time";
  }
}

function codeOf(error: unknown): string | undefined {
  // A host name with several addresses gives one error per address, usually the same.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error && "code" in first ? String(first.code) : undefined;
}
