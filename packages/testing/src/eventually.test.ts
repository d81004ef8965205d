import { expect, test } from "vitest";
import { eventually } from "./eventually.ts";

test("eventually retries after an error and after false, then resolves to the result", async () => {
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

test("eventually rejects with the last error when the time is up", async () => {
  await expect(eventually(alwaysFails, { timeoutMs: 50 })).rejects.toThrow("never there");
});
