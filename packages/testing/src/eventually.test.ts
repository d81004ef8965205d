import { expect, test } from "vitest";
import { eventually } from "./eventually.ts";

test("tries again after a failure and after false, then gives what came", async () => {
  let tries = 0;
  const result = await eventually(() => {
    tries += 1;
    if (tries === 1) throw new Error("not yet");
    return tries < 3 ? false : "there";
  });
  expect(result).toBe("there");
});

function alwaysFails(): never {
  throw new Error("never there");
}

test("fails with the last failure when the time is up", async () => {
  await expect(eventually(alwaysFails, { timeoutMs: 50 })).rejects.toThrow("never there");
});
