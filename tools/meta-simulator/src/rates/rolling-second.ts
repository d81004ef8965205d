const windowMs = 1000;

/**
 * Counts events in the exact rolling second (t − 1000 ms, t], and remembers the highest count of
 * any such second. Takes constant time per event and memory for one second of events.
 */
export class RollingSecond {
  #times = new Float64Array(64);
  #oldest = 0;
  #size = 0;
  #max = 0;

  /** Highest number of events in any rolling second so far. */
  get max(): number {
    return this.#max;
  }

  /** Returns the number of events in the second that ends at `nowMs`. */
  count(nowMs: number): number {
    const capacity = this.#times.length;
    while (this.#size > 0 && (this.#times[this.#oldest] ?? 0) <= nowMs - windowMs) {
      this.#oldest = (this.#oldest + 1) % capacity;
      this.#size--;
    }
    return this.#size;
  }

  /** Records an event; times must not go backwards. */
  record(nowMs: number): void {
    const size = this.count(nowMs) + 1;
    if (size > this.#times.length) this.#grow();
    this.#times[(this.#oldest + size - 1) % this.#times.length] = nowMs;
    this.#size = size;
    if (size > this.#max) this.#max = size;
  }

  #grow(): void {
    const grown = new Float64Array(this.#times.length * 2);
    grown.set(this.#times.subarray(this.#oldest));
    grown.set(this.#times.subarray(0, this.#oldest), this.#times.length - this.#oldest);
    this.#times = grown;
    this.#oldest = 0;
  }
}
