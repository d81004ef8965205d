import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { SendJob, SendReport } from "./send-posts.ts";

export interface LoadReport extends SendReport {
  /** Milliseconds of the POSTs after the warm-up, ascending. */
  latenciesMs: Float32Array;
}

/** POSTs that a separate thread sends. */
export interface Load {
  /** Returns how many were answered with 200 so far. */
  acknowledged(): number;
  /** Resolves once `posts` of them were answered with 200. Rejects as `finished` does. */
  reached(posts: number): Promise<void>;
  /** Report after the last POST. Rejects as `sendPosts` does. */
  finished: Promise<LoadReport>;
}

const pollMs = 10;

/** Starts `sendPosts` in a thread that shares the machine's cores but not this event loop. */
export function startLoad(job: Omit<SendJob, "acknowledged" | "latenciesMs">): Load {
  const posts = job.posts.ends.length;
  const acknowledged = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const latenciesMs = new Float32Array(
    new SharedArrayBuffer(posts * Float32Array.BYTES_PER_ELEMENT),
  );
  const workerData: SendJob = { ...job, acknowledged, latenciesMs };
  const worker = new Worker(new URL("post-worker.ts", import.meta.url), { workerData });
  const finished = once(worker, "message").then(([report]: SendReport[]) => {
    if (!report) throw new Error("the thread that sends reported nothing");
    return { ...report, latenciesMs: latenciesMs.subarray(job.warmUpPosts).toSorted() };
  });
  // Callers that await `finished` get its failure. Until then a failure must not end the process.
  finished.catch(() => undefined);
  return {
    acknowledged: () => Atomics.load(acknowledged, 0),
    async reached(count) {
      while (Atomics.load(acknowledged, 0) < count) {
        // Rejects with `finished`: a failed load never reaches the count.
        await Promise.race([wait(pollMs), finished]);
      }
    },
    finished,
  };
}
