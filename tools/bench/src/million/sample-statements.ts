import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import { benchApplication } from "../start-infrastructure.ts";

const everyMs = 20;

interface LongestStatement {
  /** Seconds that the longest statement was seen to take; it may take a sample longer. */
  seconds: number;
  /** Its first words. */
  statement: string;
}

/** Watches the services' statements in PostgreSQL. `end` returns the longest one since then. */
export async function sampleStatements(
  connectionString: string,
): Promise<{ end(): Promise<LongestStatement> }> {
  const client = new Client({ connectionString, application_name: benchApplication });
  await client.connect();
  const ending = new AbortController();
  const longest: LongestStatement = { seconds: 0, statement: "" };
  const sample = async () => {
    while (!ending.signal.aborted) {
      const { rows } = await client.query<LongestStatement>(
        `select extract(epoch from clock_timestamp() - query_start)::float8 as seconds,
           left(regexp_replace(query, '\\s+', ' ', 'g'), 120) as statement
         from pg_stat_activity
         where backend_type = 'client backend' and state = 'active' and application_name <> $1
         order by query_start limit 1`,
        [benchApplication],
      );
      const [row] = rows;
      if (row && row.seconds > longest.seconds) Object.assign(longest, row);
      await wait(everyMs);
    }
  };
  const sampling = sample();
  return {
    async end() {
      ending.abort();
      await sampling;
      await client.end();
      return longest;
    },
  };
}
