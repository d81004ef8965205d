import type { Log } from "@loudhailer/runtime/log.ts";
import { StartError } from "@loudhailer/runtime/start-error.ts";
import type { QueueBackend } from "./queue-backend.ts";

/**
 * Checks that Redis keeps the queue when its memory is full. Logs a warning if it doesn't. Checks
 * nothing if Redis doesn't answer or doesn't name its policy.
 * @throws StartError in production if Redis evicts keys
 */
export async function checkEviction(
  backend: Pick<QueueBackend, "evictionPolicy">,
  log: Log,
  isProduction = process.env["NODE_ENV"] === "production",
): Promise<void> {
  const policy = await backend.evictionPolicy().catch(() => null);
  if (policy === null || policy === "noeviction") return;
  if (!isProduction) {
    log.warn({ policy }, "Redis may delete jobs when its memory is full, set it to noeviction");
    return;
  }
  throw new StartError(
    `Redis (REDIS_URL) deletes keys when its memory is full: its maxmemory-policy is ${policy}. It would delete jobs.
Set "maxmemory-policy noeviction" in redis.conf or in your provider's settings, or use a Redis of its own for Loudhailer.`,
  );
}
