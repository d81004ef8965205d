import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import type { WhatsappProvidersTable } from "@loudhailer/db/database.ts";
import {
  createTestBroadcast,
  createTestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import type { Updateable } from "kysely";
import { afterAll, expect, test } from "vitest";
import { pauseForFailure, type PauseScope } from "./pause-for-failure.ts";

const { databaseUrl } = await useTestDatabase();
const db = createDb(
  createPool({ connectionString: databaseUrl, role: "loudhailer_engine", max: 2 }),
);
const owner = createDb(createPool({ connectionString: databaseUrl, max: 2 }));
afterAll(() => Promise.all([db.destroy(), owner.destroy()]));

async function sendingTwice(number: Updateable<WhatsappProvidersTable> = {}) {
  const organization = await createTestOrganization(owner, { accessToken: "ciphertext" });
  await owner
    .updateTable("whatsapp_providers")
    .where("id", "=", organization.providerId)
    .set({ status: "connected", ...number })
    .execute();
  const broadcasts = [
    await createTestBroadcast(owner, organization, { recipients: 1 }),
    await createTestBroadcast(owner, organization, { recipients: 1 }),
  ];
  const ids = broadcasts.map(({ broadcastId }) => broadcastId);
  const [broadcastId = ""] = ids;
  const pause = (scope: PauseScope, accessToken?: string) =>
    pauseForFailure(db, {
      scope,
      reason: "meta_1",
      broadcastId,
      ...organization,
      ...(accessToken !== undefined && { accessToken }),
    });
  const statuses = async () => {
    const rows = await owner
      .selectFrom("whatsapp_broadcasts")
      .where("id", "in", ids)
      .select("status")
      .execute();
    return rows.map((row) => row.status);
  };
  const provider = () =>
    owner
      .selectFrom("whatsapp_providers")
      .where("id", "=", organization.providerId)
      .select(["status", "status_reason"])
      .executeTakeFirstOrThrow();
  return { pause, statuses, provider };
}

test.each([
  ["number", "paused"],
  ["token", "disconnected"],
] as const)(
  "a refusal of the %s pauses all of its broadcasts and makes the number %s",
  async (scope, status) => {
    const { pause, statuses, provider } = await sendingTwice();
    expect(await pause(scope)).toBe(2);
    expect(await pause(scope)).toBe(0);
    expect(await statuses()).toEqual(["paused", "paused"]);
    expect(await provider()).toEqual({ status, status_reason: "meta_1" });
  },
);

test("a refusal of the account or the template leaves the number in service", async () => {
  for (const scope of ["waba", "template"] as const) {
    const { pause, provider } = await sendingTwice();
    expect(await pause(scope)).toBe(2);
    expect(await provider()).toMatchObject({ status: "connected" });
  }
});

test("a refusal of a broadcast's own rows pauses only that broadcast", async () => {
  const { pause, statuses } = await sendingTwice();
  expect(await pause("broadcast")).toBe(1);
  expect((await statuses()).toSorted()).toEqual(["paused", "sending"]);
});

test.each(["number", "token"] as const)(
  "a late refusal of the %s leaves a number alone that moved to another organization",
  async (scope) => {
    const { pause, provider } = await sendingTwice({
      status: "disconnected",
      status_reason: "number_moved",
      moved_at: new Date(),
    });
    expect(await pause(scope)).toBe(0);
    expect(await provider()).toEqual({ status: "disconnected", status_reason: "number_moved" });
  },
);

test("a late refusal of a token that has been replaced changes nothing", async () => {
  const { pause, statuses, provider } = await sendingTwice();
  expect(await pause("token", "the one before")).toBe(0);
  expect(await statuses()).toEqual(["sending", "sending"]);
  expect(await provider()).toMatchObject({ status: "connected" });
  expect(await pause("token", "ciphertext")).toBe(2);
});
