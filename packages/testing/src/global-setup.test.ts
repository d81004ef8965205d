import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../../", import.meta.url));
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
const { VITEST: _, ...env } = process.env;

/** Runs one test file in a test run of its own. */
function runAlone(file: string, extra: NodeJS.ProcessEnv): Promise<{ stdout: string }> {
  return run(process.execPath, [vitest, "run", file], {
    cwd: root,
    env: { ...env, NO_COLOR: "1", ...extra },
  });
}

const unreachable = { TEST_DATABASE_URL: "postgres://127.0.0.1:1/x", TEST_REDIS_URL: "no URL" };

test("a test run starts no store unless a test file asks for it", async () => {
  const { stdout } = await runAlone("packages/testing/src/eventually.test.ts", unreachable);
  expect(stdout).toMatch(/Test Files +1 passed/);
});

test("a test file that needs a store fails with the reason why it didn't start", async () => {
  await expect(
    runAlone("packages/testing/src/test-database.test.ts", unreachable),
  ).rejects.toMatchObject({
    stderr: expect.stringContaining("The tests' postgres did not start: "),
  });
});

test("a test run uses the embedded PostgreSQL where there is no other", async () => {
  const { stdout } = await runAlone("packages/testing/src/test-database.test.ts", {
    TEST_DATABASE_URL: undefined,
    DATABASE_URL: undefined,
    DOCKER_HOST: "tcp://127.0.0.1:1",
    // System folders without a PostgreSQL server.
    PATH: "/usr/bin:/bin:/usr/sbin:/sbin",
  });
  expect(stdout).toMatch(/Test Files +1 passed/);
}, 120_000);
