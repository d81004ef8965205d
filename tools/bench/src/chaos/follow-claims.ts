import { readFile, stat } from "node:fs/promises";
import { Client } from "pg";
import type { Stores } from "../start-stores.ts";

/** Matches the log's first line of a claim, with its duration in milliseconds. */
const claimLine = /duration: ([\d.]+) ms +execute claim-recipients:/g;

/**
 * Has PostgreSQL log its statements. `end` stops that and returns the durations of the claims since
 * then in milliseconds, in order.
 */
export async function followClaims({
  postgres,
  postgresLog,
}: Stores): Promise<{ end(): Promise<number[]> }> {
  const { size } = await stat(postgresLog);
  await configure(postgres.url, "set log_min_duration_statement = 0");
  return {
    async end() {
      await configure(postgres.url, "reset log_min_duration_statement");
      const log = (await readFile(postgresLog)).subarray(size).toString("utf8");
      return [...log.matchAll(claimLine)].map(([, ms]) => Number(ms));
    },
  };
}

async function configure(connectionString: string, change: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await client.query(`alter system ${change}`);
    await client.query("select pg_reload_conf()");
  } finally {
    await client.end();
  }
}
