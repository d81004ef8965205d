import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import type { ChaosScenario, Disturbed } from "../run-disturbed.ts";
import { allSettled } from "./allowed.ts";

const rounds = 10;
const lockedRows = 40;
const lockedMs = 2_000;
const pauseMs = 300;
const cutEveryMs = 1_700;
/** The server learns of a cut after the locks are gone, so what waited for them is still done. */
const cutLimits = { silentMs: 500, serverMs: 2_500 };

/** Holds the rows of the next pending recipients for 2 s at a time, as a slow report may. */
async function lockRows(client: Client, broadcastId: string): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await client.query("begin");
    await client.query(
      `select from whatsapp_broadcast_recipients
       where broadcast_id = $1 and status = 'pending' order by id limit $2 for update`,
      [broadcastId, lockedRows],
    );
    await wait(lockedMs);
    await client.query("rollback");
    await wait(pauseMs);
  }
}

/** Ends sessions that are claiming, from PostgreSQL's side. Returns how many. */
async function terminateClaims(client: Client): Promise<number> {
  const { rowCount } = await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where pid <> pg_backend_pid() and state <> 'idle'
       and application_name like 'loudhailer-dispatcher%'
       and query ~* 'update\\s+whatsapp_broadcast_recipients'`,
  );
  return rowCount ?? 0;
}

async function cutClaims({ stack, note }: Disturbed, client: Client): Promise<void> {
  let [cut, terminated] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    await wait(cutEveryMs);
    if (round % 2 === 0) cut += stack.proxy?.cut("loudhailer-dispatcher", cutLimits) ?? 0;
    else terminated += await terminateClaims(client);
  }
  note({ connectionsCut: cut, claimsTerminated: terminated });
}

/** Dispatchers lose their connections while their claims wait for rows that a report holds. */
export const cutClaimsRepeatedly: ChaosScenario = {
  name: "cut-claims",
  seconds: 25,
  allowed: allSettled,
  front: "proxy",
  async disturb(disturbed) {
    const { url } = disturbed.stack.stores.postgres;
    const [locker, killer] = [0, 1].map(() => new Client({ connectionString: url }));
    if (!locker || !killer) return;
    await Promise.all([locker.connect(), killer.connect()]);
    try {
      await Promise.all([lockRows(locker, disturbed.broadcastId), cutClaims(disturbed, killer)]);
    } finally {
      await Promise.all([locker.end(), killer.end()]);
    }
  },
};
