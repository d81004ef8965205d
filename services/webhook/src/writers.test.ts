import { randomUUID } from "node:crypto";
import type { ProviderUpdate } from "@loudhailer/core/meta-updates/provider-update.ts";
import type { Sourced } from "@loudhailer/core/webhook-events/sort-changes.ts";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { createMetrics } from "@loudhailer/runtime/metrics.ts";
import { expect, test } from "vitest";
import { UnavailableError } from "./webhook-errors.ts";
import { createWebhookMetrics } from "./webhook-metrics.ts";
import { createWriters } from "./writers.ts";

test("rejects changes with UnavailableError at once when too much is waiting", async () => {
  // Nothing listens there, so the changes that are accepted are rejected with the pool's error.
  const pool = createPool({ connectionString: "postgres://127.0.0.1:1/none" });
  const db = createDb(pool);
  const writers = createWriters({ pool, db }, createWebhookMetrics(createMetrics("webhook")));
  const organizationId = randomUUID();
  const place = { organizationId, wabaId: "1", field: "account_update", happenedAt: null };
  const update: Sourced<ProviderUpdate> = {
    item: { ...place, value: {} },
    source: { ...place, phoneNumberId: null, payload: {}, signedWith: null },
  };
  const updates = Array.from({ length: 20 }, () => update);
  const write = () => writers.write({ statuses: [], inbound: [], updates, events: [] });
  // One batch runs and a hundred wait.
  const accepted = Array.from({ length: 101 }, write);
  await expect(write()).rejects.toThrow(UnavailableError);
  const outcomes = await Promise.allSettled(accepted);
  const reasons = outcomes.map((outcome) => outcome.status === "rejected" && outcome.reason);
  expect(reasons.filter((reason) => reason instanceof UnavailableError)).toEqual([]);
  expect(reasons).not.toContain(false);
  await db.destroy();
});
