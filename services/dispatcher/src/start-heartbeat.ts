import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { heartbeatMs } from "@loudhailer/pacing/dispatcher-silence.ts";
import type { Log } from "@loudhailer/runtime/log.ts";
import { startLoop } from "@loudhailer/runtime/start-loop.ts";
import { sql } from "kysely";

/**
 * Reports every 2 s that this dispatcher is alive and which numbers' messages Meta doesn't answer. Claims of a
 * dispatcher that has been silent for 15 s become unknown
 * (core/engine/sweep-dead-dispatchers.ts). Resolves after the first beat. Uses its own
 * connection, since it must not wait behind the claims of a hundred busy numbers.
 */
export async function startHeartbeat(
  databaseUrl: string,
  dispatcherId: string,
  /** Moments since when Meta doesn't answer, by phone number id. */
  numbersAway: () => Record<string, Date>,
  log: Log,
): Promise<{ stop(): Promise<void> }> {
  const pool = createPool({
    connectionString: databaseUrl,
    role: "loudhailer_engine",
    max: 1,
    applicationName: "loudhailer-dispatcher heartbeat",
    statementTimeoutMs: 5_000,
  });
  const db = createDb(pool);
  const beat = () => {
    const numbers_away = JSON.stringify(numbersAway());
    return db
      .insertInto("dispatchers")
      .values({ id: dispatcherId, numbers_away })
      .onConflict((conflict) =>
        conflict.column("id").doUpdateSet({ last_seen_at: sql`now()`, numbers_away }),
      )
      .execute();
  };
  await beat();
  const loop = startLoop("heartbeat", heartbeatMs, beat, log);
  return {
    async stop() {
      await loop.close();
      try {
        await db.deleteFrom("dispatchers").where("id", "=", dispatcherId).execute();
      } finally {
        await db.destroy();
      }
    },
  };
}
