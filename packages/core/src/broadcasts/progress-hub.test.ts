import type { BroadcastView } from "@loudhailer/contracts/broadcasts.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { expect, test } from "vitest";
import { useControl } from "../testing/test-control.ts";
import { getBroadcast } from "./get-broadcast.ts";
import { openProgressHub } from "./progress-hub.ts";

const control = await useControl();

test("the hub reads a broadcast once a second for 50 watchers and keeps none when they stop", async () => {
  const { organization, ctx } = await control.newOrganization();
  const broadcastId = await control.newBroadcast(organization, "sending", { pending: 2 });
  let reads = 0;
  const hub = openProgressHub((...of) => {
    reads += 1;
    return getBroadcast(...of);
  });
  const seen: BroadcastView[][] = Array.from({ length: 50 }, () => []);
  const unwatch = seen.map((views) =>
    hub.watch(ctx, broadcastId, {
      onProgress: (view) => views.push(view),
      onGone: () => undefined,
    }),
  );
  const startedAt = performance.now();
  await eventually(() => seen.every((views) => views.length === 1));
  await control.setBroadcast(broadcastId, { read_count: 1 });
  await eventually(() => seen.every((views) => views.length === 2));
  expect(reads).toBeLessThanOrEqual(2 + (performance.now() - startedAt) / 1_000);
  expect(hub.watchers(organization.organizationId)).toBe(50);
  for (const end of unwatch) end();
  expect(hub.watchers(organization.organizationId)).toBe(0);
  hub.close();
});

test("the hub calls onGone when the watched broadcast is deleted", async () => {
  const { organization, ctx } = await control.newOrganization();
  const broadcastId = await control.newBroadcast(organization, "sending", {});
  const hub = openProgressHub();
  let isGone = false;
  let views = 0;
  hub.watch(ctx, broadcastId, { onProgress: () => views++, onGone: () => (isGone = true) });
  await eventually(() => views === 1);
  await control.owner.deleteFrom("whatsapp_broadcasts").where("id", "=", broadcastId).execute();
  await eventually(() => isGone);
  expect(views).toBe(1);
  hub.close();
});
