import { eventually } from "@loudhailer/testing/eventually.ts";
import { afterEach, expect, test, vi } from "vitest";
import { openBatcher } from "./open-batcher.ts";

afterEach(() => vi.useRealTimers());

test("only one batch is under way at a time, and calls made meanwhile form the next one", async () => {
  const batches: number[][] = [];
  const gates: (() => void)[] = [];
  const batcher = openBatcher<number, string>(async (keys) => {
    batches.push(keys);
    await new Promise<void>((resolve) => gates.push(resolve));
    return keys.map((key) => ({ value: `value ${key}` }));
  });
  const first = [batcher.load(1), batcher.load(2)];
  await eventually(() => expect(batches).toEqual([[1, 2]]));
  const second = [batcher.load(3), batcher.load(4), batcher.load(5)];
  gates.shift()?.();
  expect(await Promise.all(first)).toEqual(["value 1", "value 2"]);
  await eventually(() =>
    expect(batches).toEqual([
      [1, 2],
      [3, 4, 5],
    ]),
  );
  gates.shift()?.();
  expect(await Promise.all(second)).toEqual(["value 3", "value 4", "value 5"]);
});

test("a key that must run later comes before newer ones", async () => {
  const batches: number[][] = [];
  const batcher = openBatcher<number, number>(async (keys) => {
    batches.push(keys);
    return keys.map((key) =>
      batches.length === 1 && key === 2 ? { laterMs: 10 } : { value: key },
    );
  });
  const answers = [batcher.load(1), batcher.load(2)];
  expect(await answers[0]).toBe(1);
  answers.push(batcher.load(3));
  expect(await Promise.all(answers)).toEqual([1, 2, 3]);
  expect(batches).toEqual([
    [1, 2],
    [2, 3],
  ]);
});

test("a failing batch rejects only its own calls", async () => {
  const batcher = openBatcher<number, number>(async (keys) => {
    if (keys.includes(1)) throw new Error("no");
    return keys.map((key) => ({ value: key }));
  });
  await expect(batcher.load(1)).rejects.toThrow("no");
  expect(await batcher.load(2)).toBe(2);
});

test("closing resolves waiting calls and later ones", async () => {
  const batcher = openBatcher<number, string>(async (keys) => keys.map(() => ({ laterMs: 10 })));
  const waiting = batcher.load(1);
  await new Promise((resolve) => setTimeout(resolve, 15));
  batcher.close("closed");
  expect(await waiting).toBe("closed");
  expect(await batcher.load(2)).toBe("closed");
});

test("calls soon after a batch are gathered into one, and a full batch doesn't wait", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  const batches: number[][] = [];
  const batcher = openBatcher<number, number>(
    async (keys) => {
      batches.push(keys);
      return keys.map((key) => ({ value: key }));
    },
    () => 3,
  );
  await batcher.load(1);
  const gathered = [batcher.load(2)];
  await vi.advanceTimersByTimeAsync(30);
  gathered.push(batcher.load(3));
  expect(batches).toEqual([[1]]);
  await vi.advanceTimersByTimeAsync(15);
  await Promise.all(gathered);
  expect(batches).toEqual([[1], [2, 3]]);
  await Promise.all([4, 5, 6].map((key) => batcher.load(key)));
  expect(batches.at(-1)).toEqual([4, 5, 6]);
});
