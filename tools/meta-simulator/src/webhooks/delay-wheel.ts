import { nowMs } from "../clock.ts";

const tickMs = 10;

/**
 * Holds numbers until they are due, in ticks of 10 ms. Adding one costs an array push; otherwise
 * every status would need its own timer.
 */
export class DelayWheel {
  readonly #buckets = new Map<number, number[]>();
  readonly #onDue: (items: readonly number[]) => void;
  #tick = 0;
  #size = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(onDue: (items: readonly number[]) => void) {
    this.#onDue = onDue;
  }

  get size(): number {
    return this.#size;
  }

  add(item: number, dueMs: number): void {
    if (this.#timer === undefined) this.#start();
    const tick = Math.max(Math.ceil(dueMs / tickMs), this.#tick + 1);
    const bucket = this.#buckets.get(tick);
    if (bucket) bucket.push(item);
    else this.#buckets.set(tick, [item]);
    this.#size++;
  }

  clear(): void {
    this.#buckets.clear();
    this.#size = 0;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #start(): void {
    this.#tick = Math.floor(nowMs() / tickMs);
    this.#timer = setInterval(() => this.#turn(), tickMs);
  }

  #turn(): void {
    const until = Math.floor(nowMs() / tickMs);
    while (this.#tick < until && this.#size > 0) {
      this.#tick++;
      const bucket = this.#buckets.get(this.#tick);
      if (bucket === undefined) continue;
      this.#buckets.delete(this.#tick);
      this.#size -= bucket.length;
      this.#onDue(bucket);
    }
    if (this.#size === 0) this.clear();
  }
}
