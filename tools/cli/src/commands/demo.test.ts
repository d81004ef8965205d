import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { isRunning } from "@loudhailer/local/running-process.ts";
import { broadcastCounts } from "@loudhailer/testing/broadcast-counts.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { expect, test } from "vitest";
import { z } from "zod";
import type { Run } from "../state/run-file.ts";
import { useCli } from "../testing/test-cli.ts";

const cli = useCli();

const count = z.number().int().nonnegative();
const resultSchema = z.strictObject({
  broadcastId: z.string(),
  totalRecipients: count,
  successfulSends: count,
  failedSends: count,
  deliveredCount: count,
  readCount: count,
  skippedCount: count,
  unknownCount: count,
  durationMs: count,
  messagesPerSecond: z.number(),
  duplicates: count,
});

const ledgerPage = z.object({
  items: z.array(z.object({ to: z.string(), wamid: z.string() })),
});

/**
 * Checks that the recipients with a message id are exactly the messages of the simulator's ledger,
 * and that rows and counters match.
 */
async function expectRowsToMatchLedger(run: Run, broadcastId: string): Promise<void> {
  const db = createDb(createPool({ connectionString: run.databaseUrl, max: 1 }));
  try {
    const { counters, rows } = await broadcastCounts(db, broadcastId);
    expect(counters).toEqual(rows);
    const ours = await db
      .selectFrom("whatsapp_broadcast_recipients")
      .where("broadcast_id", "=", broadcastId)
      .where("wamid", "is not", null)
      .select(["phone", "wamid"])
      .execute();
    const response = await fetch(`${run.simulatorUrl}/_ledger/messages?limit=10000`);
    const { items } = ledgerPage.parse(await response.json());
    expect(ours.map(({ phone, wamid }) => `${phone} ${wamid}`).toSorted()).toEqual(
      items.map(({ to, wamid }) => `${to} ${wamid}`).toSorted(),
    );
  } finally {
    await db.destroy();
  }
}

function accountedFor(result: z.infer<typeof resultSchema>): number {
  return result.successfulSends + result.failedSends + result.skippedCount + result.unknownCount;
}

// Exit code 0 means that Loudhailer's counters match the simulator's ledger.
test("demo counts every recipient once, matches the ledger, and leaves nothing running", async () => {
  const demo = cli.run(["demo", "--recipients", "500", "--rate", "250", "--exit", "--json"]);
  const { pids, dashboardUrl } = await cli.activeRun();
  expect(await demo.exitCode, demo.stderr()).toBe(0);
  // The demo ends before a dashboard could be opened, so none is built or started.
  expect({ dashboardUrl, pid: pids.dashboard }).toEqual({ dashboardUrl: null, pid: null });
  expect(demo.stderr()).not.toContain("Dashboard");

  const result = resultSchema.parse(JSON.parse(demo.stdout()));
  expect(result).toMatchObject({ totalRecipients: 500, duplicates: 0, unknownCount: 0 });
  expect(accountedFor(result)).toBe(500);
  expect(result.deliveredCount).toBe(result.successfulSends);
  expect(result.readCount).toBeGreaterThan(100);
  expect(result.failedSends).toBeGreaterThan(0);
  expect([pids.api, pids.webhook, ...pids.dispatcher].filter(isRunning)).toEqual([]);
  expect(cli.isAnythingActive()).toBe(false);
}, 120_000);

test("demo loses and repeats no message when a dispatcher is SIGKILLed during the broadcast", async () => {
  const demo = cli.run([
    "demo",
    "--no-dashboard",
    "--recipients",
    "1500",
    "--rate",
    "250",
    "--json",
  ]);
  const run = await cli.activeRun();
  await eventually(() => /[1-9]\d* sent/.test(demo.stderr()), { timeoutMs: 60_000 });
  process.kill(run.pids.dispatcher[0] ?? 0, "SIGKILL");
  await eventually(() => demo.stdout() !== "", { timeoutMs: 90_000 });

  expect(demo.stderr()).toContain("dispatcher ended (SIGKILL); starting it again in 0.5 s");
  const result = resultSchema.parse(JSON.parse(demo.stdout()));
  expect(result).toMatchObject({ totalRecipients: 1500, duplicates: 0 });
  expect(accountedFor(result)).toBe(1500);
  await expectRowsToMatchLedger(run, result.broadcastId);

  demo.child.kill("SIGTERM");
  expect(await demo.exitCode, demo.stderr()).toBe(0);
}, 180_000);

test("demo accounts for all rows of the sample and counts rejected rows by reason", async () => {
  const demo = cli.run(["demo", "--rate", "500", "--exit"]);
  expect(await demo.exitCode, demo.stderr()).toBe(0);
  const [, ...counts] =
    /(\d+) rows: (\d+) contacts created, (\d+) updated(?: \(a number seen before, .+?\))?, (\d+) rows rejected/.exec(
      demo.stdout(),
    ) ?? [];
  const [rows, created, updated, rejected] = counts.map(Number);
  expect(rows).toBe(1000);
  expect((created ?? 0) + (updated ?? 0) + (rejected ?? 0)).toBe(1000);
  const reasons = [...demo.stdout().matchAll(/^ {2}(\d+) × .+$/gm)];
  expect(reasons.reduce((sum, [, many]) => sum + Number(many), 0)).toBe(rejected);
}, 120_000);

test("demo rejects the real Meta and a missing contacts file before anything starts", async () => {
  const real = cli.run(["demo"], { META_GRAPH_URL: "https://graph.facebook.com" });
  expect(await real.exitCode).toBe(1);
  expect(real.stderr()).toMatch(/^loudhailer: demo sends to made-up people, so it never/);

  const missing = cli.run(["demo", "--contacts", "no-such-file.csv"]);
  expect(await missing.exitCode).toBe(1);
  expect(missing.stderr()).toMatch(/^loudhailer: .*no-such-file\.csv cannot be read/);
});
