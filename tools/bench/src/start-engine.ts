import { startBroadcastEngine } from "@loudhailer/core/engine/start-broadcast-engine.ts";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { createQueueBackend } from "@loudhailer/queue/queue-backend.ts";
import { openSendQueues } from "@loudhailer/queue/send-queues.ts";
import type { Infrastructure } from "./start-infrastructure.ts";

const quiet = () => undefined;

/**
 * Starts the API's background work (including the feeder) in this process, as `services/api` does.
 */
export function startEngine({ databaseUrl, redisUrl }: Infrastructure): {
  close(): Promise<void>;
} {
  const pool = createPool({ connectionString: databaseUrl, role: "loudhailer_engine" });
  const backend = createQueueBackend({ redisUrl, databaseUrl });
  const queues = openSendQueues(backend);
  const engine = startBroadcastEngine({
    engineDb: createDb(pool),
    queues,
    log: { info: quiet, warn: quiet, error: (fields, message) => console.error(message, fields) },
  });
  return {
    async close() {
      await engine.close();
      await queues.close();
      await backend.close();
      await pool.end();
    },
  };
}
