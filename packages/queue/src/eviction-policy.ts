import type { Callback, Redis, RedisOptions } from "ioredis";

const policyField = /^maxmemory_policy:(\S+)\r?\n/m;

/**
 * Returns the `maxmemory-policy`, or null if this Redis doesn't name it. INFO has it too, while
 * CONFIG is forbidden at some providers.
 */
export async function readEvictionPolicy(redis: Redis): Promise<string | null> {
  return policyField.exec(String(await redis.call("info", "memory")))?.[1] ?? null;
}

/**
 * Hides the policy from BullMQ, which reads INFO and prints a warning for each of its connections.
 * `checkEviction` warns once.
 */
export function hideEvictionPolicy<Connection extends Redis>(redis: Connection): Connection {
  const info = redis.info.bind(redis);
  const duplicate = redis.duplicate.bind(redis);
  return Object.assign(redis, {
    // ioredis calls it with a callback before it is ready, BullMQ without one.
    info: async (callback?: Callback<string>) =>
      callback ? info(callback) : (await info()).replace(policyField, ""),
    duplicate: (options?: RedisOptions) => hideEvictionPolicy(duplicate(options)),
  });
}
