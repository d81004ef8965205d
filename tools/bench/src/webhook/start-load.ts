import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { SendJob, SendReport } from "./send-posts.ts";

export interface LoadReport extends SendReport {
  /** Of the POSTs after the warm-up, ascending. */
  latenciesMs: Float32Array;
}

/** POSTs on their way from a thread of their own. */
export interface Load {
  /** How many were answered with 200 so far. */
  taken(): number;
  /** Resolves once so many were. */
  reached(posts: number): Promise<void>;
  /** Rejects as `sendPosts` does. */
  finished: Promise<LoadReport>;
}

const pollMs = 10;

/** Starts `sendPosts` in that thread, which shares the machine's cores but not our event loop. */
export function startLoad(job: Omit<SendJob, "taken" | "latenciesMs">): Load {
  const posts = job.posts.ends.length;
  const taken = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const latenciesMs = new Float32Array(
    new SharedArrayBuffer(posts * Float32Array.BYTES_PER_ELEMENT),
  );
  const workerData: SendJob = { ...job, taken, latenciesMs };
  const worker = new Worker(new URL("post-worker.ts", import.meta.url), { workerData });
  const finished = once(worker, "message").then(([report]: SendReport[]) => {
    if (!report) throw new Error("the thread that sends reported nothing");
    return { ...report, latenciesMs: latenciesMs.subarray(job.warmUpPosts).toSorted() };
  });
  // Whoever waits for it hears of its failure; until somebody does it must not end the process.
  finished.catch(() => undefined);
  return {
    taken: () => Atomics.load(taken, 0),
    async reached(count) {
      while (Atomics.load(taken, 0) < count) {
        // Rejects with it: what has failed reaches nothing more.
        await Promise.race([wait(pollMs), finished]);
      }
    },
    finished,
  };
}
