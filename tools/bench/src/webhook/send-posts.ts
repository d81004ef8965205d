import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { openConnection, type Connection } from "./open-connection.ts";
import type { PreparedPosts } from "./prepare-posts.ts";

export interface SendJob {
  port: number;
  connections: number;
  posts: PreparedPosts;
  /** Number of POSTs that are sent before the clock starts. */
  warmUpPosts: number;
  /** Number of POSTs answered with 200 so far, in its only element; shared memory. */
  acknowledged: Int32Array;
  /** Milliseconds of each POST's last request, from its writing to its 200; shared memory. */
  latenciesMs: Float32Array;
}

export interface SendReport {
  /** Seconds from the first POST after the warm-up to the last 200. */
  seconds: number;
  /** Number of all requests by HTTP status; `none` for connections that ended without one. */
  answers: Record<string, number>;
  /** Share of those seconds in which the sending thread was busy. */
  generatorBusy: number;
}

// Meta waits longer; only the repetition matters here.
const resendMs = 200;
const runMsMax = 600_000;

/**
 * Sends each POST over keep-alive connections, one at a time on each, and sends it again until it
 * is answered with 200, as Meta does.
 * @throws Error if a POST gets a status below 500 but not 200, which Meta's POSTs wouldn't get
 * @throws Error if a POST has no 200 after ten minutes
 */
export async function sendPosts(job: SendJob): Promise<SendReport> {
  const { posts, acknowledged, latenciesMs } = job;
  const answers: Record<string, number> = {};
  const deadline = performance.now() + runMsMax;
  let next = 0;
  let startedAt = performance.now();
  let utilization = performance.eventLoopUtilization();

  async function drive(connection: Connection): Promise<void> {
    while (next < posts.ends.length) {
      const index = next++;
      if (index === job.warmUpPosts) {
        startedAt = performance.now();
        utilization = performance.eventLoopUtilization();
      }
      latenciesMs[index] = await sendUntilAcknowledged(connection, postAt(posts, index));
      Atomics.add(acknowledged, 0, 1);
    }
    connection.close();
  }

  async function sendUntilAcknowledged(connection: Connection, post: Uint8Array): Promise<number> {
    for (;;) {
      const sentAt = performance.now();
      const status = await connection.exchange(post);
      const answer = status === null ? "none" : String(status);
      answers[answer] = (answers[answer] ?? 0) + 1;
      if (status === 200) return performance.now() - sentAt;
      if (status !== null && status < 500) throw new Error(`a POST was answered with ${status}`);
      if (performance.now() > deadline) throw new Error("not every POST was taken in ten minutes");
      await wait(resendMs);
    }
  }

  await Promise.all(Array.from({ length: job.connections }, () => drive(openConnection(job.port))));
  return {
    seconds: (performance.now() - startedAt) / 1_000,
    answers,
    generatorBusy: performance.eventLoopUtilization(utilization).utilization,
  };
}

function postAt({ bytes, ends }: PreparedPosts, index: number): Uint8Array {
  return bytes.subarray(ends[index - 1] ?? 0, ends[index]);
}
