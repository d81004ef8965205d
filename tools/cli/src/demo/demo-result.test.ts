import { expect, test } from "vitest";
import type { BroadcastCounts } from "./broadcast-counts.ts";
import { demoResult, findDisagreements } from "./demo-result.ts";
import type { Ledger } from "./read-ledger.ts";

const before: Ledger = {
  accepted: 5,
  duplicates: 0,
  maxPerSecond: 5,
  statuses: { delivered: 5, read: 2, failed: 0 },
  pendingWebhooks: 0,
};
const after: Ledger = {
  accepted: 105,
  duplicates: 0,
  maxPerSecond: 50,
  statuses: { delivered: 101, read: 52, failed: 3 },
  pendingWebhooks: 0,
};
const broadcast: BroadcastCounts = {
  id: "b",
  status: "completed",
  pauseReason: null,
  failureReason: null,
  totalRecipients: 102,
  successfulSends: 96,
  failedSends: 4,
  deliveredCount: 96,
  readCount: 50,
  skippedCount: 1,
  unknownCount: 1,
  canceledCount: 0,
  pendingCount: 0,
  startedAt: "2026-01-01T00:00:00.000Z",
  completedAt: "2026-01-01T00:00:02.000Z",
  failedAt: null,
};

test("findDisagreements returns nothing when the counts match the ledger", () => {
  expect(findDisagreements(broadcast, before, after)).toEqual([]);
});

test("findDisagreements reports pending recipients, duplicates, and missing messages and statuses", () => {
  const statuses = { delivered: 102, read: 53, failed: 3 };
  expect(
    findDisagreements({ ...broadcast, pendingCount: 1, successfulSends: 95 }, before, {
      ...after,
      accepted: 107,
      duplicates: 2,
      statuses,
    }),
  ).toEqual([
    "Not every recipient has exactly one outcome.",
    "2 messages were sent twice.",
    "Meta accepted 102 messages, we count 98.",
    "Meta reported 97 delivered, we count 96.",
    "Meta reported 51 read, we count 50.",
  ]);
});

test("demoResult divides the recipients that were sent to by the duration of sending", () => {
  expect(demoResult(broadcast, after)).toMatchObject({
    durationMs: 2_000,
    messagesPerSecond: 50.5,
  });
});
