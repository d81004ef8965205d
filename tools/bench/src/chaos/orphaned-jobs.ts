import { setTimeout as wait } from "node:timers/promises";
import { Redis } from "ioredis";
import { sql } from "kysely";
import type { ChaosScenario, Disturbed } from "../chaos-scenario.ts";
import { allSettled } from "./allowed.ts";

const atOnce = 300;
const rounds = 10;
const roundMs = 1_000;
/** A recipient's job is named `r<id>`, or `r<id>-<n>` in its n-th feeding. */
const namings = ["", "-1", "-2", "-3"];

/**
 * Writes jobs of recipients to come that are in no list, as a crash within Redis's eviction or a
 * restore leaves them. BullMQ takes them for queued and adds no job with the same id.
 */
async function orphanJobs({ stack, broadcastId, phoneNumberId }: Disturbed): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    select id::text from whatsapp_broadcast_recipients
    where broadcast_id = ${broadcastId} and status = 'pending' order by random() limit ${atOnce}
  `.execute(stack.db);
  const redis = new Redis(stack.redisUrl);
  let orphans = 0;
  try {
    for (const { id } of rows) {
      const keys = namings.map((naming) => `loudhailer:send-${phoneNumberId}:r${id}${naming}`);
      // A job that exists is in a list already.
      if ((await redis.exists(...keys)) > 0) continue;
      for (const key of keys) {
        const data = JSON.stringify({ recipientId: id });
        await redis.hset(key, { name: "send", data, opts: "{}", timestamp: Date.now(), delay: 0 });
      }
      orphans++;
    }
  } finally {
    redis.disconnect();
  }
  return orphans;
}

export const orphanedJobs: ChaosScenario = {
  name: "orphaned-jobs",
  seconds: 20,
  allowed: allSettled,
  async prepare(disturbed) {
    disturbed.note({ orphansBefore: await orphanJobs(disturbed) });
  },
  async disturb(disturbed) {
    let orphans = 0;
    for (let round = 0; round < rounds; round++) {
      await wait(roundMs);
      orphans += await orphanJobs(disturbed);
    }
    disturbed.note({ orphansMeanwhile: orphans });
  },
};
