import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { openConnection, type Connection } from "./open-connection.ts";
import type { PreparedPosts } from "./prepare-posts.ts";

export interface SendJob {
  port: number;
  connections: number;
  posts: PreparedPosts;
  /** So many of them are sent before the clock starts. */
  warmUpPosts: number;
  /** Shared: how many were answered with 200 so far, in its only element. */
  taken: Int32Array;
  /** Shared: of each POST's last request, from its writing to its 200. */
  latenciesMs: Float32Array;
}

export interface SendReport {
  /** From the first POST after the warm-up to the last 200. */
  seconds: number;
  /** By HTTP status, and `none` for connections that ended without one; of all requests. */
  answers: Record<string, number>;
  /** The share of those seconds in which the sending thread was at work. */
  generatorBusy: number;
}

// Meta waits longer; what matters is that it comes again.
const resendMs = 200;
const runMsMax = 600_000;

/**
 * Sends each POST over keep-alive connections, one at a time on each, until every one was answered
 * with 200: what wasn't is sent again, as Meta does. Throws when one is refused for good, which
 * Meta's would not be, or when it takes longer than ten minutes.
 */
export async function sendPosts(job: SendJob): Promise<SendReport> {
  const { posts, taken, latenciesMs } = job;
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
      latenciesMs[index] = await sendUntilTaken(connection, postAt(posts, index));
      Atomics.add(taken, 0, 1);
    }
    connection.close();
  }

  async function sendUntilTaken(connection: Connection, post: Uint8Array): Promise<number> {
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
