/** Content of a POST; `size` is what it adds to the number of pending items. */
export interface Payload {
  readonly size: number;
}

export interface WebhookQueueOptions<P extends Payload> {
  readonly connections: number;
  readonly retryMs: number;
  readonly retryMsMax: number;
  /** Sends once. Returns true if the receiver acknowledged it, or if there is no receiver. */
  send(payload: P, post: number): Promise<boolean>;
  /** Returns whether an acknowledged POST is sent once more. */
  isRepeated(post: number): boolean;
  /** Returns the next payload to send; called whenever a connection is free. */
  next(): P | undefined;
}

/**
 * Sends with a bounded number of connections. Each POST is sent again with its own doubling delay
 * until it is acknowledged: at least once, in no promised order, like Meta.
 */
export class WebhookQueue<P extends Payload> {
  readonly #options: WebhookQueueOptions<P>;
  readonly #retries: { payload: P; post: number; attempt: number }[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  #active = 0;
  #posts = 0;
  #retryCount = 0;
  #unsettled = 0;
  #generation = 0;
  #pause = 0;
  #isPaused = false;

  constructor(options: WebhookQueueOptions<P>) {
    this.#options = options;
  }

  /** Number of POSTs so far, including repetitions and retries. */
  get posts(): number {
    return this.#posts;
  }

  get retries(): number {
    return this.#retryCount;
  }

  /** Total size of the payloads from `next` that aren't acknowledged yet. */
  get unsettled(): number {
    return this.#unsettled;
  }

  /** Sends nothing for `milliseconds`; webhooks that become due meanwhile wait. */
  pause(milliseconds: number): void {
    const pause = ++this.#pause;
    this.#isPaused = true;
    this.#after(milliseconds, () => {
      if (pause !== this.#pause) return;
      this.#isPaused = false;
      this.pump();
    });
  }

  /** Fills the free connections. */
  pump(): void {
    while (this.#active < this.#options.connections && !this.#isPaused) {
      const retry = this.#retries.shift();
      if (retry) {
        void this.#send(retry.payload, retry.post, retry.attempt);
        continue;
      }
      const payload = this.#options.next();
      if (payload === undefined) return;
      this.#unsettled += payload.size;
      void this.#send(payload, this.#posts, 0);
    }
  }

  /** Forgets everything, including POSTs under way, whose results are ignored. */
  clear(): void {
    this.#generation++;
    this.#retries.length = 0;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#posts = 0;
    this.#retryCount = 0;
    this.#unsettled = 0;
    this.#isPaused = false;
  }

  async #send(payload: P, post: number, attempt: number): Promise<void> {
    const generation = this.#generation;
    this.#active++;
    this.#posts++;
    const isAcknowledged = await this.#options.send(payload, post);
    this.#active--;
    if (generation === this.#generation) this.#settle(payload, post, attempt, isAcknowledged);
    this.pump();
  }

  #settle(payload: P, post: number, attempt: number, isAcknowledged: boolean): void {
    if (!isAcknowledged) {
      const { retryMs, retryMsMax } = this.#options;
      this.#after(Math.min(retryMs * 2 ** attempt, retryMsMax), () => {
        this.#retryCount++;
        this.#retries.push({ payload, post, attempt: attempt + 1 });
        this.pump();
      });
    } else if (post >= 0 && this.#options.isRepeated(post)) {
      // A repetition has no number, so it isn't repeated again.
      this.#retries.push({ payload, post: -1, attempt: 0 });
    } else {
      this.#unsettled -= payload.size;
    }
  }

  #after(milliseconds: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, milliseconds);
    this.#timers.add(timer);
  }
}
