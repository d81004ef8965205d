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

test("concurrent calls share a batch, and each gets its own results in its order", async () => {
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

test("a call larger than a batch is spread over several, at most two at a time", async () => {
  let running = 0;
  let runningMax = 0;
  const batcher = create(async (items) => {
    running += 1;
    runningMax = Math.max(runningMax, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return items;
  });
  const items = Array.from({ length: 55 }, (_, index) => index);
  expect(await batcher.add(items)).toEqual(items);
  expect(runningMax).toBe(2);
});

test("a batch that fails rejects its own callers only", async () => {
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

test("beyond the bound new items are refused at once; a batch that hangs frees all who wait", async () => {
  const batcher = create(() => new Promise(() => undefined), {
    waitingMax: 20,
    batchesMax: 1,
    runMsMax: 100,
  });
  const taken = Promise.allSettled([
    batcher.add(Array.from({ length: 10 }, () => 0)),
    batcher.add(Array.from({ length: 20 }, () => 0)),
  ]);
  expect(batcher.waiting()).toBe(20);
  await expect(batcher.add([1])).rejects.toThrow(UnavailableError);
  const reasons = (await taken).map((answer) => answer.status === "rejected" && answer.reason);
  expect(reasons).toEqual([expect.any(UnavailableError), expect.any(UnavailableError)]);
  expect(batcher.waiting()).toBe(0);
});
