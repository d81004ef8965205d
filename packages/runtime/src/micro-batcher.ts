import { withTimeout } from "./with-timeout.ts";

export interface MicroBatcherOptions<Item, Result> {
  /** Returns one answer for each item, in order. An item whose answer is RunLater is run again. */
  run(items: Item[]): Promise<readonly (Result | RunLater)[]>;
  /** Maximum items of a batch. A function is called for each batch. */
  batchSizeMax: number | (() => number);
  /** Maximum batches running at the same time. Further items gather into bigger batches. */
  batchesMax: number;
  /** Milliseconds that the first item of a batch waits for others, unless the batch is full. */
  waitMs?: number;
  /** Minimum milliseconds between the starts of two batches, unless the later one is full. */
  apartMs?: number;
  /** Maximum items waiting for a batch. Further items are refused. Default: no limit. */
  waitingMax?: number;
  /** Maximum milliseconds of a batch. Default: no limit. */
  runMsMax?: number;
}

/** All methods reject with the error of `run`, or with MicroBatcherError. */
export interface MicroBatcher<Item, Result> {
  /** Resolves to the item's result. */
  add(item: Item): Promise<Result>;
  /**
   * Resolves to the results in order once every batch with one of `items` has run. After a
   * rejection, some of the items may have been run.
   */
  addAll(items: readonly Item[]): Promise<readonly Result[]>;
  /** Returns how many items wait for a batch. */
  waiting(): number;
  /** Rejects waiting and later items. Batches under way are finished. */
  close(): void;
}

/** Answer for an item that must be run again, before all newer ones, in `ms` at the earliest. */
export class RunLater {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
}

export class MicroBatcherError extends Error {
  readonly code: "closed" | "too_much_waiting" | "timed_out";

  constructor(code: MicroBatcherError["code"], message: string) {
    super(message);
    this.name = "MicroBatcherError";
    this.code = code;
  }
}

interface Call<Item, Result> {
  item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Gathers items of concurrent calls into batches. Each caller waits only for its own items, and an
 * item after a quiet time waits for nothing but `waitMs`.
 */
export function createMicroBatcher<Item, Result>(
  options: MicroBatcherOptions<Item, Result>,
): MicroBatcher<Item, Result> {
  const { run, batchSizeMax, batchesMax, runMsMax } = options;
  const { waitMs = 0, apartMs = 0, waitingMax = Number.POSITIVE_INFINITY } = options;
  const sizeMax = typeof batchSizeMax === "number" ? () => batchSizeMax : batchSizeMax;
  let queue: Call<Item, Result>[] = [];
  let running = 0;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  /** Moment from which a batch may start that isn't full. */
  let dueAt = 0;
  /** Moment from which any batch may start. */
  let notBefore = 0;

  function pump(): void {
    clearTimeout(timer);
    while (queue.length > 0 && running < batchesMax) {
      const size = sizeMax();
      const startAt = queue.length < size ? Math.max(dueAt, notBefore) : notBefore;
      const restMs = startAt - performance.now();
      // Timers fire up to a millisecond early, and the rest isn't worth another one.
      if (restMs >= 1) {
        timer = setTimeout(pump, restMs);
        return;
      }
      void runBatch(queue.splice(0, size));
    }
  }

  async function runBatch(batch: Call<Item, Result>[]): Promise<void> {
    running += 1;
    dueAt = Math.max(dueAt, performance.now() + apartMs);
    try {
      settle(batch, await runInTime(batch.map(({ item }) => item)));
    } catch (error) {
      for (const { reject } of batch) reject(error);
      // Items behind a batch that hangs would wait as long again, so they get the error now.
      if (error instanceof MicroBatcherError && error.code === "timed_out") rejectWaiting(error);
    } finally {
      running -= 1;
      pump();
    }
  }

  function runInTime(items: Item[]): Promise<readonly (Result | RunLater)[]> {
    if (runMsMax === undefined) return run(items);
    const message = `A batch took longer than ${runMsMax} ms.`;
    return withTimeout(run(items), runMsMax, () => new MicroBatcherError("timed_out", message));
  }

  function settle(
    batch: readonly Call<Item, Result>[],
    answers: readonly (Result | RunLater)[],
  ): void {
    if (answers.length !== batch.length) {
      throw new Error(`A batch of ${batch.length} items has ${answers.length} answers.`);
    }
    const later: Call<Item, Result>[] = [];
    for (const [index, answer] of answers.entries()) {
      const call = batch[index];
      if (!(answer instanceof RunLater)) {
        call?.resolve(answer);
      } else if (call) {
        later.push(call);
        notBefore = Math.max(notBefore, performance.now() + answer.ms);
      }
    }
    if (later.length > 0) queue = [...later, ...queue];
    if (isClosed) rejectWaiting(closed());
  }

  function rejectWaiting(error: MicroBatcherError): void {
    const waiting = queue;
    queue = [];
    for (const { reject } of waiting) reject(error);
  }

  /** @throws MicroBatcherError if the calls are refused */
  function enqueue(calls: readonly Call<Item, Result>[]): void {
    if (isClosed) throw closed();
    const before = queue.length;
    if (before + calls.length > waitingMax) {
      throw new MicroBatcherError("too_much_waiting", "Too much is waiting already.");
    }
    queue.push(...calls);
    const size = sizeMax();
    if (before === 0) dueAt = Math.max(dueAt, performance.now() + waitMs);
    if (before < size && queue.length >= size) pump();
    // Starts in a microtask, so that calls made together run together.
    else if (before === 0) queueMicrotask(pump);
  }

  function addPiece(items: readonly Item[]): Promise<readonly Result[]> {
    return new Promise((resolve, reject) => {
      const results: Result[] = [];
      let missing = items.length;
      const resolveAt = (place: number, result: Result) => {
        results[place] = result;
        missing -= 1;
        if (missing === 0) resolve(results);
      };
      enqueue(
        items.map((item, place) => ({
          item,
          resolve: (result) => resolveAt(place, result),
          reject,
        })),
      );
    });
  }

  return {
    add: (item) => new Promise((resolve, reject) => enqueue([{ item, resolve, reject }])),
    async addAll(items) {
      const size = sizeMax();
      if (items.length === 0) return [];
      if (items.length <= size) return addPiece(items);
      // A call with thousands of items takes turns with others and never fills the queue alone.
      const results: Result[] = [];
      for (let start = 0; start < items.length; start += size) {
        results.push(...(await addPiece(items.slice(start, start + size))));
      }
      return results;
    },
    waiting: () => queue.length,
    close() {
      isClosed = true;
      clearTimeout(timer);
      rejectWaiting(closed());
    },
  };
}

function closed(): MicroBatcherError {
  return new MicroBatcherError("closed", "The batcher is closed.");
}
