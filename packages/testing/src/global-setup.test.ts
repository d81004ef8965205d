import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../../", import.meta.url));
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
const { VITEST: _, ...env } = process.env;

/** Runs one test file in a test run of its own, whose stores can't be started. */
function runWithoutStores(file: string): Promise<{ stdout: string }> {
  const unreachable = { TEST_DATABASE_URL: "postgres://127.0.0.1:1/x", TEST_REDIS_URL: "no URL" };
  return run(process.execPath, [vitest, "run", file], {
    cwd: root,
    env: { ...env, ...unreachable, NO_COLOR: "1" },
  });
}

test("a test run starts no store unless a test file asks for it", async () => {
  const { stdout } = await runWithoutStores("packages/testing/src/eventually.test.ts");
  expect(stdout).toMatch(/Test Files +1 passed/);
});

test("a test file that needs a store fails with the reason why it didn't start", async () => {
  await expect(
    runWithoutStores("packages/testing/src/test-database.test.ts"),
  ).rejects.toMatchObject({
    stderr: expect.stringContaining("The tests' postgres did not start: "),
  });
});
