import { findFreePort, isPortFree } from "@loudhailer/local/free-port.ts";
import { isRunning } from "@loudhailer/local/running-process.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { expect, test } from "vitest";
import { useCli } from "../testing/test-cli.ts";

const cli = useCli();

test("up runs the services until it is stopped and restarts a service that dies", async () => {
  const up = cli.run(["up", "--no-dashboard", "--replicas", "2"]);
  const run = await cli.activeRun();
  expect(run.pids.dispatcher).toHaveLength(2);
  expect((await fetch(`${run.apiUrl}/readyz`)).status).toBe(200);
  expect((await fetch(`${run.webhookUrl}/readyz`)).status).toBe(200);

  const second = cli.run(["up"]);
  expect(await second.exitCode).toBe(1);
  expect(second.stderr()).toContain(`already running in this checkout (process ${up.child.pid}`);

  process.kill(run.pids.api, "SIGKILL");
  const restarted = await eventually(
    async () => {
      const { pids } = await cli.activeRun();
      return pids.api !== run.pids.api && pids;
    },
    { timeoutMs: 20_000 },
  );
  await eventually(async () => (await fetch(`${run.apiUrl}/readyz`)).ok, { timeoutMs: 20_000 });

  const migrate = cli.run(["migrate"]);
  expect(await migrate.exitCode, migrate.stderr()).toBe(0);
  expect(migrate.stdout()).toBe("The database is up to date.\n");

  const stoppedAt = performance.now();
  up.child.kill("SIGTERM");
  expect(await up.exitCode, up.stderr()).toBe(0);
  expect(performance.now() - stoppedAt).toBeLessThan(15_000);
  const { api, webhook, dispatcher } = restarted;
  expect([api, webhook, ...dispatcher].filter(isRunning)).toEqual([]);
  expect(await isPortFree(Number(new URL(run.databaseUrl).port))).toBe(true);
  expect(cli.isAnythingActive()).toBe(false);
}, 120_000);

test("up prints one sentence and exits 1 when the database doesn't answer", async () => {
  const port = await findFreePort();
  const up = cli.run(["up"], { DATABASE_URL: `postgres://u:do-not-show-me@127.0.0.1:${port}/x` });
  expect(await up.exitCode).toBe(1);
  expect(up.stderr()).toMatch(
    /^loudhailer: DATABASE_URL does not answer: 127\.0\.0\.1:\d+\/x .*\n$/,
  );
  expect(up.stderr()).not.toContain("do-not-show-me");
});

test("organization create returns ids and an API key, and rejects an email that is already in use", async () => {
  const args = ["organization", "create", "--name", "Acme", "--email", "owner@acme.example"];
  const password = ["--password", "a long enough password", "--json"];
  const created = cli.run([...args, ...password]);
  expect(await created.exitCode, created.stderr()).toBe(0);
  expect(JSON.parse(created.stdout())).toEqual({
    organizationId: expect.any(String),
    userId: expect.any(String),
    apiKey: expect.stringMatching(/^lh_/),
  });
  const again = cli.run([...args, ...password]);
  expect(await again.exitCode).toBe(1);
  expect(again.stderr()).toMatch(/^loudhailer: This e-mail address already has an account/);
}, 60_000);

test("webhook-events retry prints counts and rejects malformed ENCRYPTION_KEYS", async () => {
  const retry = cli.run(["webhook-events", "retry", "--json"]);
  expect(await retry.exitCode, retry.stderr()).toBe(0);
  expect(JSON.parse(retry.stdout())).toEqual({ applied: 0, kept: {} });
  const malformed = cli.run(["webhook-events", "retry"], { ENCRYPTION_KEYS: "no key" });
  expect(await malformed.exitCode).toBe(1);
  expect(malformed.stderr()).toMatch(/^loudhailer: ENCRYPTION_KEYS entry 1 is not of the form/);
}, 60_000);
