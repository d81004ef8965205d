import { eventually } from "@loudhailer/testing/eventually.ts";
import { afterEach, expect, test, vi } from "vitest";
import {
  createMicroBatcher,
  MicroBatcherError,
  RunLater,
  type MicroBatcherOptions,
} from "./micro-batcher.ts";

type Options = MicroBatcherOptions<number, number>;

function create(run: Options["run"], options: Partial<Options> = {}) {
  return createMicroBatcher<number, number>({ run, batchSizeMax: 10, batchesMax: 1, ...options });
}

/** Returns a batcher that answers each item with ten times its value, and its batches so far. */
function createRecorded(options: Partial<Options> = {}) {
  const batches: number[][] = [];
  const batcher = create(async (items) => {
    batches.push(items);
    return items.map((item) => item * 10);
  }, options);
  return { batcher, batches };
}

function codeOf(error: unknown): string {
  return error instanceof MicroBatcherError ? error.code : "?";
}

afterEach(() => vi.useRealTimers());

test("runs one batch at a time, and calls made meanwhile form the next one", async () => {
  const batches: number[][] = [];
  const gates: (() => void)[] = [];
  const batcher = create(async (items) => {
    batches.push(items);
    await new Promise<void>((resolve) => gates.push(resolve));
    return items.map((item) => item * 10);
  });
  const first = [batcher.add(1), batcher.add(2)];
  await eventually(() => expect(batches).toEqual([[1, 2]]));
  const second = [batcher.add(3), batcher.add(4), batcher.add(5)];
  gates.shift()?.();
  expect(await Promise.all(first)).toEqual([10, 20]);
  await eventually(() =>
    expect(batches).toEqual([
      [1, 2],
      [3, 4, 5],
    ]),
  );
  gates.shift()?.();
  expect(await Promise.all(second)).toEqual([30, 40, 50]);
});

test("runs at most `batchesMax` batches at once", async () => {
  const gates: (() => void)[] = [];
  const batcher = create(
    async (items) => {
      await new Promise<void>((resolve) => gates.push(resolve));
      return items;
    },
    { batchSizeMax: 1, batchesMax: 2 },
  );
  const answers = [1, 2, 3].map((item) => batcher.add(item));
  expect(gates).toHaveLength(2);
  expect(batcher.waiting()).toBe(1);
  gates[1]?.();
  await eventually(() => expect(gates).toHaveLength(3));
  for (const open of gates) open();
  expect(await Promise.all(answers)).toEqual([1, 2, 3]);
});

test("concurrent calls share a batch, and each gets its own results in order", async () => {
  const { batcher, batches } = createRecorded({ waitMs: 5, batchesMax: 2 });
  const [first, second, none] = await Promise.all([
    batcher.addAll([1, 2]),
    batcher.addAll([3]),
    batcher.addAll([]),
  ]);
  expect([first, second, none]).toEqual([[10, 20], [30], []]);
  expect(batches).toEqual([[1, 2, 3]]);
});

test("an item waits for others, but not once they fill a batch", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  const { batcher, batches } = createRecorded({ waitMs: 20, batchSizeMax: 3 });
  const gathered = [batcher.add(1)];
  await vi.advanceTimersByTimeAsync(15);
  gathered.push(batcher.add(2));
  expect(batches).toEqual([]);
  await vi.advanceTimersByTimeAsync(5);
  await Promise.all(gathered);
  expect(batches).toEqual([[1, 2]]);
  await Promise.all([4, 5, 6].map((item) => batcher.add(item)));
  expect(batches.at(-1)).toEqual([4, 5, 6]);
});

test("calls soon after a batch are gathered into one, and a full batch doesn't wait", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  const { batcher, batches } = createRecorded({ apartMs: 40, batchSizeMax: () => 3 });
  await batcher.add(1);
  const gathered = [batcher.add(2)];
  await vi.advanceTimersByTimeAsync(30);
  gathered.push(batcher.add(3));
  expect(batches).toEqual([[1]]);
  await vi.advanceTimersByTimeAsync(15);
  await Promise.all(gathered);
  expect(batches).toEqual([[1], [2, 3]]);
  await Promise.all([4, 5, 6].map((item) => batcher.add(item)));
  expect(batches.at(-1)).toEqual([4, 5, 6]);
});

test("an item that must run later runs before newer ones, even if these fill a batch", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  const batches: number[][] = [];
  const batcher = create(
    async (items) => {
      batches.push(items);
      return items.map((item) => (batches.length === 1 && item === 2 ? new RunLater(10) : item));
    },
    { batchSizeMax: 3 },
  );
  const answers = [batcher.add(1), batcher.add(2)];
  expect(await answers[0]).toBe(1);
  answers.push(batcher.add(3), batcher.add(4), batcher.add(5));
  await vi.advanceTimersByTimeAsync(9);
  expect(batches).toEqual([[1, 2]]);
  await vi.advanceTimersByTimeAsync(1);
  expect(await Promise.all(answers)).toEqual([1, 2, 3, 4, 5]);
  expect(batches).toEqual([[1, 2], [2, 3, 4], [5]]);
});

test("a call larger than a batch takes turns with others and is never refused for its own size", async () => {
  const batches: number[][] = [];
  const batcher = create(
    async (items) => {
      batches.push(items);
      await new Promise((resolve) => setImmediate(resolve));
      return items;
    },
    { waitMs: 5, waitingMax: 20 },
  );
  const items = Array.from({ length: 55 }, (_, index) => index);
  const [large, small] = await Promise.all([batcher.addAll(items), batcher.addAll([99])]);
  expect([large, small]).toEqual([items, [99]]);
  expect(batches.findIndex((batch) => batch.includes(99))).toBeLessThan(3);
});

test("a batch that fails rejects only its own calls, and later ones run", async () => {
  const batcher = create(
    async (items) => {
      if (items.includes(13)) throw new Error("13");
      return items;
    },
    { batchSizeMax: 2, batchesMax: 2 },
  );
  const answers = await Promise.allSettled([
    batcher.addAll([1, 2]),
    batcher.addAll([13]),
    batcher.addAll([4]),
    batcher.addAll([5]),
  ]);
  expect(answers.map((answer) => answer.status)).toEqual([
    "fulfilled",
    "rejected",
    "rejected",
    "fulfilled",
  ]);
  await expect(batcher.add(13)).rejects.toThrow("13");
  expect(await batcher.add(2)).toBe(2);
});

test("a batch with too few answers rejects all its calls", async () => {
  const batcher = create(async ([first = 0]) => [first]);
  await expect(batcher.addAll([1, 2])).rejects.toThrow("A batch of 2 items has 1 answers.");
});

test("new items are refused at once when the queue is full, and a batch that hangs rejects all waiting calls", async () => {
  const batcher = create(() => new Promise(() => undefined), { waitingMax: 20, runMsMax: 100 });
  const ten = Array.from({ length: 10 }, () => 0);
  const taken = Promise.allSettled([batcher.addAll(ten), batcher.addAll(ten), batcher.addAll(ten)]);
  expect(batcher.waiting()).toBe(20);
  expect(await batcher.addAll([1]).catch(codeOf)).toBe("too_much_waiting");
  const codes = (await taken).map(
    (answer) => answer.status === "rejected" && codeOf(answer.reason),
  );
  expect(codes).toEqual(["timed_out", "timed_out", "timed_out"]);
  expect(batcher.waiting()).toBe(0);
});

test("closing rejects waiting calls and later ones, and the batch under way is finished", async () => {
  const gate = Promise.withResolvers<void>();
  const batcher = create(async ([first = 0]) => {
    await gate.promise;
    return [first, new RunLater(10)];
  });
  const underWay = [batcher.add(1), batcher.add(2)];
  await eventually(() => expect(batcher.waiting()).toBe(0));
  const waiting = batcher.add(3);
  batcher.close();
  expect(await waiting.catch(codeOf)).toBe("closed");
  expect(await batcher.add(4).catch(codeOf)).toBe("closed");
  gate.resolve();
  expect(await underWay[0]).toBe(1);
  expect(await underWay[1]?.catch(codeOf)).toBe("closed");
});
