import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import type { ChaosScenario } from "../chaos-scenario.ts";
import { allSettled } from "./allowed.ts";

const rounds = 12;
const lockedRows = 40;
const lockedMs = 2_000;
/** Time until claims wait for the locked rows. */
const cutAfterMs = 700;
const pauseMs = 300;
const searchMsMax = 1_000;
/** The server learns of a cut after the locks are gone, so what waited for them is still done. */
const cutLimits = { silentMs: 200, serverMs: 2_500 };

/** Holds the rows of the next pending recipients for 2 s, as a slow report may, during `work`. */
async function whileLocked<T>(
  client: Client,
  broadcastId: string,
  work: () => Promise<T>,
): Promise<T> {
  await client.query("begin");
  await client.query(
    `select from whatsapp_broadcast_recipients
     where broadcast_id = $1 and status = 'pending' order by id limit $2 for update`,
    [broadcastId, lockedRows],
  );
  const [result] = await Promise.all([work(), wait(lockedMs)]);
  await client.query("rollback");
  return result;
}

/**
 * Ends sessions that are claiming, from PostgreSQL's side. Returns how many, or 0 if none has
 * claimed for a second.
 */
async function terminateClaims(client: Client): Promise<number> {
  const deadline = performance.now() + searchMsMax;
  while (performance.now() < deadline) {
    const terminated = await terminateOnce(client);
    if (terminated > 0) return terminated;
  }
  return 0;
}

async function terminateOnce(client: Client): Promise<number> {
  const { rowCount } = await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where pid <> pg_backend_pid() and state <> 'idle'
       and application_name like 'loudhailer-dispatcher%'
       and query ~* 'update\\s+whatsapp_broadcast_recipients'`,
  );
  return rowCount ?? 0;
}

/** Dispatchers lose their connections while their claims wait for rows that a report holds. */
export const cutClaimsRepeatedly: ChaosScenario = {
  name: "cut-claims",
  seconds: 25,
  allowed: allSettled,
  front: "proxy",
  async disturb({ stack: { stores, proxy }, broadcastId, note }) {
    const connectionString = stores.postgres.url;
    const [locker, killer] = [new Client({ connectionString }), new Client({ connectionString })];
    await Promise.all([locker.connect(), killer.connect()]);
    let [cut, terminated] = [0, 0];
    try {
      for (let round = 0; round < rounds; round++) {
        await whileLocked(locker, broadcastId, async () => {
          await wait(cutAfterMs);
          if (round % 2 === 0) cut += proxy?.cut("loudhailer-dispatcher", cutLimits) ?? 0;
          else terminated += await terminateClaims(killer);
        });
        await wait(pauseMs);
      }
    } finally {
      note({ connectionsCut: cut, claimsTerminated: terminated });
      await Promise.all([locker.end(), killer.end()]);
    }
  },
};
