import { isDeepStrictEqual } from "node:util";
import { sql } from "kysely";
import { readCounts } from "../read-counts.ts";
import { addHistory } from "./add-history.ts";
import { callVerb, countAccepted, secondsUntil, type MillionBench } from "./million-bench.ts";
import { sampleStatements } from "./sample-statements.ts";

/** Share of the recipients that are to be sent to again: a million of 1.5 million. */
const againShare = 2 / 3;

/** Measures a verb that makes two thirds of a broadcast's recipients pending again. */
export async function measureAgain(
  bench: MillionBench,
  verb: "retry-failed" | "resend-unknown",
): Promise<object> {
  const { stack, operator, recipients } = bench;
  const again = Math.round(recipients * againShare);
  const status = verb === "retry-failed" ? "failed" : "unknown";
  const history = { sent: recipients - again, [status]: again };
  const broadcastId = await addHistory(stack.db, operator, history);
  const acceptedBefore = await countAccepted(bench);
  const statements = await sampleStatements(stack.stores.postgres.url);
  const startedAt = performance.now();
  const answer = await callVerb(bench, broadcastId, verb);
  const firstMessageSeconds = secondsUntil(
    startedAt,
    async () => (await countAccepted(bench)) > acceptedBefore,
  );
  const allPendingSeconds = await secondsUntil(
    startedAt,
    async () => (await leftOver(bench, broadcastId, status)) === 0,
    { everyMs: 500 },
  );
  const times = { firstMessageSeconds: await firstMessageSeconds, allPendingSeconds };
  const longestStatement = await statements.end();
  await callVerb(bench, broadcastId, "pause");
  const { counters, rows } = await readCounts(stack.db, broadcastId);
  const isExact = isDeepStrictEqual(counters, rows);
  return { recipients: again, ...answer, ...times, longestStatement, isExact };
}

/** Returns how many recipients still have the status that the verb takes away. */
async function leftOver(
  { stack }: MillionBench,
  broadcastId: string,
  status: "failed" | "unknown",
): Promise<number> {
  const { rows } = await sql<{ left: number }>`
    select case ${status} when 'failed' then failed_sends else unknown_count end as left
    from counted_broadcasts where id = ${broadcastId}
  `.execute(stack.db);
  return rows[0]?.left ?? 0;
}
