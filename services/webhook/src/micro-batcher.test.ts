import { expect, test } from "vitest";
import { createMicroBatcher, type MicroBatcherOptions } from "./micro-batcher.ts";
import { UnavailableError } from "./webhook-errors.ts";

type Options = MicroBatcherOptions<number, number>;

function create(run: Options["run"], options: Partial<Options> = {}) {
  return createMicroBatcher<number, number>({
    run,
    waitMs: 5,
    batchSizeMax: 10,
    batchesMax: 2,
    waitingMax: 100,
    runMsMax: 5_000,
    ...options,
  });
}

test("concurrent calls share a batch, and each gets its own results in order", async () => {
  const batches: number[][] = [];
  const batcher = create((items) => {
    batches.push([...items]);
    return Promise.resolve(items.map((item) => item * 10));
  });
  const [first, second, none] = await Promise.all([
    batcher.add([1, 2]),
    batcher.add([3]),
    batcher.add([]),
  ]);
  expect([first, second, none]).toEqual([[10, 20], [30], []]);
  expect(batches).toEqual([[1, 2, 3]]);
});

test("a call larger than a batch takes turns with others and is never refused for its own size", async () => {
  const batches: number[][] = [];
  const batcher = create(
    async (items) => {
      batches.push([...items]);
      await new Promise((resolve) => setImmediate(resolve));
      return items;
    },
    { batchesMax: 1, waitingMax: 20 },
  );
  const items = Array.from({ length: 55 }, (_, index) => index);
  const [large, small] = await Promise.all([batcher.add(items), batcher.add([99])]);
  expect([large, small]).toEqual([items, [99]]);
  expect(batches.findIndex((batch) => batch.includes(99))).toBeLessThan(3);
});

test("a batch that fails rejects only its own callers", async () => {
  const batcher = create(
    (items) => (items.includes(13) ? Promise.reject(new Error("13")) : Promise.resolve(items)),
    { batchSizeMax: 2 },
  );
  const answers = await Promise.allSettled([
    batcher.add([1, 2]),
    batcher.add([13]),
    batcher.add([4]),
    batcher.add([5]),
  ]);
  expect(answers.map((answer) => answer.status)).toEqual([
    "fulfilled",
    "rejected",
    "rejected",
    "fulfilled",
  ]);
});

test("new items are refused at once when the queue is full, and a batch that hangs rejects all waiting calls", async () => {
  const batcher = create(() => new Promise(() => undefined), {
    waitingMax: 20,
    batchesMax: 1,
    runMsMax: 100,
  });
  const ten = Array.from({ length: 10 }, () => 0);
  const taken = Promise.allSettled([batcher.add(ten), batcher.add(ten), batcher.add(ten)]);
  expect(batcher.waiting()).toBe(20);
  await expect(batcher.add([1])).rejects.toThrow(UnavailableError);
  const reasons = (await taken).map((answer) => answer.status === "rejected" && answer.reason);
  expect(reasons).toEqual([1, 2, 3].map(() => expect.any(UnavailableError)));
  expect(batcher.waiting()).toBe(0);
});
