import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import type { ChaosScenario } from "../chaos-scenario.ts";
import { waitForEnd } from "../wait-for-end.ts";
import { allSettled } from "./allowed.ts";
import { followClaims } from "./follow-claims.ts";

const ratioMax = 1.5;
/** Differences below this are the machine's, not the snapshot's. */
const slackMs = 1;

/**
 * A transaction that has read the broadcasts stays open throughout, as pg_dump's does, so that no
 * dead row version can be removed. Compares the claims of the first and of the last fifth.
 */
export const longSnapshot: ChaosScenario = {
  name: "long-snapshot",
  seconds: 60,
  allowed: allSettled,
  async disturb({ stack: { db, stores }, broadcastId, note, violate }) {
    const client = new Client({ connectionString: stores.postgres.url });
    await client.connect();
    await client.query("begin isolation level repeatable read read only");
    await client.query("select count(*) from whatsapp_broadcasts");
    const claims = await followClaims(stores);
    try {
      await waitForEnd(db, broadcastId, this.seconds * 2_000);
      // The log is written at once, but read from a file.
      await wait(500);
    } finally {
      await client.query("rollback");
      await client.end();
    }
    const ms = await claims.end();
    const fifth = Math.ceil(ms.length / 5);
    const [first, last] = [median(ms.slice(0, fifth)), median(ms.slice(-fifth))];
    note({ claims: ms.length, claimMsFirst: first, claimMsLast: last });
    if (ms.length === 0) violate("no claim was seen in PostgreSQL's log");
    if (last > first * ratioMax + slackMs) violate(`claims took ${first} ms, then ${last} ms`);
  },
};

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
