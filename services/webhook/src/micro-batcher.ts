import { UnavailableError } from "./webhook-errors.ts";

export interface MicroBatcherOptions<Item, Result> {
  /** Returns one result for each item, in order. */
  run(items: readonly Item[]): Promise<readonly Result[]>;
  /** Milliseconds that the first item of a batch waits for others. */
  waitMs: number;
  batchSizeMax: number;
  /** Maximum batches running at the same time. Further items gather into bigger batches. */
  batchesMax: number;
  /** Maximum items waiting for a batch. Further items are refused. */
  waitingMax: number;
  runMsMax: number;
}

export interface MicroBatcher<Item, Result> {
  /**
   * Resolves once every batch with one of `items` has run. Rejects with UnavailableError if too
   * many items are waiting or a batch takes longer than `runMsMax`, else with the error of `run`.
   * After a rejection, some of the items may have been run.
   */
  add(items: readonly Item[]): Promise<readonly Result[]>;
  waiting(): number;
}

interface Group<Result> {
  results: Result[];
  missing: number;
  resolve(results: readonly Result[]): void;
  reject(error: unknown): void;
}

interface Entry<Item, Result> {
  item: Item;
  group: Group<Result>;
  place: number;
}

/** Gathers items of concurrent calls into batches. Each caller waits only for its own items. */
export function createMicroBatcher<Item, Result>(
  options: MicroBatcherOptions<Item, Result>,
): MicroBatcher<Item, Result> {
  let queue: Entry<Item, Result>[] = [];
  let running = 0;
  let timer: NodeJS.Timeout | undefined;
  /** True if the queued items have waited long enough and only need a free slot. */
  let due = false;

  function mayRun(): boolean {
    const ready = queue.length >= options.batchSizeMax || (due && queue.length > 0);
    return ready && running < options.batchesMax;
  }

  function pump(): void {
    while (mayRun()) void runBatch(queue.splice(0, options.batchSizeMax));
    if (queue.length === 0) due = false;
    else if (!due) timer ??= setTimeout(whenDue, options.waitMs);
  }

  function whenDue(): void {
    timer = undefined;
    due = true;
    pump();
  }

  async function runBatch(batch: Entry<Item, Result>[]): Promise<void> {
    running += 1;
    try {
      const work = options.run(batch.map((entry) => entry.item));
      const results = await withinMs(work, options.runMsMax);
      for (const [index, result] of results.entries()) settle(batch[index], result);
    } catch (error) {
      for (const { group } of batch) group.reject(error);
      if (error instanceof TimedOutError) refuseWaiting(error);
    } finally {
      running -= 1;
      pump();
    }
  }

  function settle(entry: Entry<Item, Result> | undefined, result: Result): void {
    if (!entry) return;
    const { group, place } = entry;
    group.results[place] = result;
    group.missing -= 1;
    if (group.missing === 0) group.resolve(group.results);
  }

  // Items behind a batch that hangs would wait as long again, so their callers get the error now.
  function refuseWaiting(error: Error): void {
    const waiting = queue;
    queue = [];
    for (const { group } of waiting) group.reject(error);
  }

  function addPiece(items: readonly Item[]): Promise<readonly Result[]> {
    if (queue.length + items.length > options.waitingMax) {
      return Promise.reject(new UnavailableError("Too much is waiting already."));
    }
    const { promise, resolve, reject } = Promise.withResolvers<readonly Result[]>();
    const group: Group<Result> = { results: [], missing: items.length, resolve, reject };
    for (const [place, item] of items.entries()) queue.push({ item, group, place });
    pump();
    return promise;
  }

  return {
    waiting: () => queue.length,
    add: async (items) => {
      if (items.length === 0) return [];
      if (items.length <= options.batchSizeMax) return addPiece(items);
      // A call with thousands of items takes turns with others and never fills the queue alone.
      const results: Result[] = [];
      for (let start = 0; start < items.length; start += options.batchSizeMax) {
        results.push(...(await addPiece(items.slice(start, start + options.batchSizeMax))));
      }
      return results;
    },
  };
}

class TimedOutError extends UnavailableError {}

async function withinMs<T>(work: Promise<T>, msMax: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new TimedOutError(`The database took longer than ${msMax} ms.`)),
    msMax,
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
