import type { Database } from "@loudhailer/db/database.ts";
import { assignNumbers } from "@loudhailer/pacing/assign-numbers.ts";
import { absentMs } from "@loudhailer/pacing/dispatcher-silence.ts";
import { findSendingNumbers } from "@loudhailer/pacing/find-sending-numbers.ts";
import type { JobWorker, QueueBackend } from "@loudhailer/queue/queue-backend.ts";
import { openSendWorker, type JobOutcome } from "@loudhailer/queue/send-worker.ts";
import type { Log } from "@loudhailer/runtime/log.ts";
import { startLoop } from "@loudhailer/runtime/start-loop.ts";
import { sql, type Kysely } from "kysely";
import type { OpenNumber } from "./send-recipient.ts";

export interface NumberWorkersDeps {
  db: Kysely<Database>;
  dispatcherId: string;
  backend: QueueBackend;
  /** Maximum messages under way at once for each number. */
  concurrencyMax: number;
  /** Opens a number; `dispatchersEach` returns how many dispatchers serve each number now. */
  openNumber(phoneNumberId: string, dispatchersEach: () => number): OpenNumber;
  handle(number: OpenNumber, recipientId: string): Promise<JobOutcome>;
  log: Log;
}

interface ServedNumber {
  worker: JobWorker;
  number: OpenNumber;
  neededAt: number;
}

const pollMs = 200;
// A number without a sending broadcast keeps its worker this long, so that a broadcast that is
// paused and resumed finds it there.
const idleMsMax = 60_000;
// A number that other dispatchers serve now keeps its worker this long, while they open theirs.
const leftMsMax = 5_000;
// Jobs under way, in seconds of the rate: enough for an answer from Meta that takes half a second,
// few enough to leave other replicas their share.
const inHandSeconds = 1;
const concurrencyMin = 20;

export interface NumberWorkers {
  /** Returns since when Meta doesn't answer, by phone number id. */
  away(): Record<string, Date>;
  close(): Promise<void>;
}

/** Keeps one worker open for each of this dispatcher's numbers that has something to send. */
export function startNumberWorkers(deps: NumberWorkersDeps): NumberWorkers {
  const served = new Map<string, ServedNumber>();
  const closing = new Set<Promise<void>>();
  let dispatchersEach = 1;
  const loop = startLoop("numbers", pollMs, updateWorkers, deps.log);

  async function updateWorkers(): Promise<void> {
    const numbers = await findSendingNumbers(deps.db);
    const others = await findLiveDispatchers(deps.db);
    const assignment = assignNumbers(numbers, deps.dispatcherId, others);
    dispatchersEach = assignment.dispatchersEach;
    for (const number of assignment.assigned) {
      const { phoneNumberId, messagesPerSecond } = number;
      const wanted = Math.max(concurrencyMin, inHandSeconds * messagesPerSecond);
      const concurrency = Math.min(deps.concurrencyMax, wanted);
      const known = served.get(phoneNumberId);
      if (known) {
        known.neededAt = performance.now();
        known.worker.concurrency = concurrency;
      } else {
        const opened = deps.openNumber(phoneNumberId, () => dispatchersEach);
        served.set(phoneNumberId, serve(deps, phoneNumberId, opened, concurrency));
      }
    }
    closeUnneeded(new Set(numbers.map(({ phoneNumberId }) => phoneNumberId)));
  }

  function closeUnneeded(sending: ReadonlySet<string>): void {
    for (const [phoneNumberId, { worker, number, neededAt }] of served) {
      const isLeft = sending.has(phoneNumberId);
      if (performance.now() - neededAt < (isLeft ? leftMsMax : idleMsMax)) continue;
      served.delete(phoneNumberId);
      number.claimer.close();
      number.circuitBreaker.stop();
      const done = worker.close().finally(() => closing.delete(done));
      closing.add(done);
      const why = isLeft ? "other dispatchers serve the number" : "number has nothing to send";
      deps.log.info({ phoneNumberId }, `${why}, worker closes`);
    }
  }

  return {
    away() {
      const numbers = [...served].map(
        ([phoneNumberId, { number }]) =>
          [phoneNumberId, number.circuitBreaker.awaySince()] as const,
      );
      return Object.fromEntries(
        numbers.flatMap(([phoneNumberId, since]) => (since ? [[phoneNumberId, since]] : [])),
      );
    },
    async close() {
      await loop.close();
      for (const { number } of served.values()) {
        number.claimer.close();
        number.circuitBreaker.stop();
      }
      await Promise.all([...closing, ...[...served.values()].map(({ worker }) => worker.close())]);
    },
  };
}

/** Returns dispatchers that missed at most two beats, so that a dead one is soon replaced. */
async function findLiveDispatchers(db: Kysely<Database>): Promise<string[]> {
  const rows = await db
    .selectFrom("dispatchers")
    .where(sql<boolean>`last_seen_at > now() - ${absentMs} * interval '1 millisecond'`)
    .select("id")
    .execute();
  return rows.map((row) => row.id);
}

function serve(
  deps: NumberWorkersDeps,
  phoneNumberId: string,
  number: OpenNumber,
  concurrency: number,
): ServedNumber {
  deps.log.info({ phoneNumberId }, "serving number");
  const worker = openSendWorker(
    deps.backend,
    phoneNumberId,
    (recipientId) => deps.handle(number, recipientId),
    {
      concurrency,
      onError: (error) => deps.log.error({ err: error, phoneNumberId }, "queue worker error"),
    },
  );
  return { worker, number, neededAt: performance.now() };
}
