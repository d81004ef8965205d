import { Redis } from "ioredis";

/**
 * A connection on which the commands of one turn of the event loop leave in one write. ioredis
 * writes each by itself: with a few hundred jobs that end together (a settled batch) that is a
 * system call a job (measured: 30,551 writes for 30,000 messages). Its automatic pipelining does not help:
 * it costs two more promises a command, and sends nothing while an earlier pipeline is under way.
 */
export class GatheringRedis extends Redis {
  #corked: Redis["stream"] | null = null;

  override sendCommand(...call: Parameters<Redis["sendCommand"]>): unknown {
    this.#cork();
    return super.sendCommand(...call);
  }

  #cork(): void {
    const { stream } = this;
    // Absent while it connects.
    if (!stream || stream === this.#corked) return;
    this.#corked = stream;
    stream.cork();
    process.nextTick(() => {
      this.#corked = null;
      stream.uncork();
    });
  }
}
