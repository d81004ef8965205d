import type { MetaReason } from "@loudhailer/contracts/broadcast-reasons.ts";
import { expect, test } from "vitest";
import { pauseForFailure, type PauseScope } from "../pauses/pause-for-failure.ts";
import { feedOnce } from "../testing/feed-once.ts";
import { useControl } from "../testing/test-control.ts";
import { getBroadcast } from "./get-broadcast.ts";
import { pauseBroadcast } from "./pause-broadcast.ts";
import { resumeBroadcast } from "./resume-broadcast.ts";

const control = await useControl();
const { engine, owner } = control;

/** Creates two sending broadcasts of one number and a refusal that pauses what it concerns. */
async function refused(scope: PauseScope, reason: MetaReason) {
  const { organization, ctx } = await control.newOrganization();
  const first = await control.newBroadcast(organization, "sending", { sent: 1, pending: 3 });
  const second = await control.newBroadcast(organization, "sending", { pending: 2 });
  await pauseForFailure(engine.engineDb, { scope, reason, broadcastId: first, ...organization });
  return { organization, ctx, first, second };
}

function numberOf(providerId: string) {
  return owner
    .selectFrom("whatsapp_providers")
    .where("id", "=", providerId)
    .select(["status", "status_reason"])
    .executeTakeFirstOrThrow();
}

test("a pause and a resume are audited, show the reason, and feed the recipients whose jobs ran out during the pause", async () => {
  const { organization, ctx } = await control.newOrganization();
  const id = await control.newBroadcast(organization, "sending", { pending: 2 });
  await feedOnce(engine, organization);
  expect(await pauseBroadcast(ctx, id)).toMatchObject({
    status: "paused",
    pauseReason: "paused_by_operator",
    pauseMessage: expect.stringContaining("resume"),
    pausedAt: expect.any(String),
  });
  expect((await control.claim(organization, await control.idsOf(id, 2))).claimed).toEqual([]);
  expect(await resumeBroadcast(ctx, id)).toMatchObject({
    status: "sending",
    pauseReason: null,
    pauseMessage: null,
    pausedAt: null,
  });
  await engine.queues.takeBack(organization.phoneNumberId);
  expect(await feedOnce(engine, organization)).toMatchObject({ fed: 2 });
  expect(await control.auditOf(id)).toEqual(["broadcast.paused", "broadcast.resumed"]);
});

test("a resume is rejected with advice and the broadcast stays paused when the number is disconnected", async () => {
  const { organization, ctx, first } = await refused("token", "meta_190");
  await expect(resumeBroadcast(ctx, first)).rejects.toMatchObject({
    code: "broadcast_not_sendable",
    message: expect.stringMatching(/disconnected.*Access token expired.*new access token/),
    details: { status: "paused", providerStatus: "disconnected", reason: "meta_190" },
  });
  expect(await getBroadcast(ctx, first)).toMatchObject({
    status: "paused",
    pauseReason: "meta_190",
    pauseMessage: expect.stringContaining("new access token"),
  });
  expect((await numberOf(organization.providerId)).status).toBe("disconnected");
});

test("a resume connects a number paused after a refusal and leaves its other broadcasts paused", async () => {
  const { organization, ctx, first, second } = await refused("number", "meta_131048");
  expect(await numberOf(organization.providerId)).toEqual({
    status: "paused",
    status_reason: "meta_131048",
  });
  expect(await resumeBroadcast(ctx, first)).toMatchObject({ status: "sending" });
  expect(await numberOf(organization.providerId)).toEqual({
    status: "connected",
    status_reason: null,
  });
  expect(await getBroadcast(ctx, second)).toMatchObject({
    status: "paused",
    pauseReason: "meta_131048",
  });
  expect(await resumeBroadcast(ctx, second)).toMatchObject({ status: "sending" });
});

test("a resume is rejected and the number stays paused when the template is no longer approved", async () => {
  const { organization, ctx, first } = await refused("number", "meta_131048");
  await owner
    .updateTable("whatsapp_templates")
    .set({ status: "PAUSED" })
    .where("id", "=", organization.templateId)
    .execute();
  await expect(resumeBroadcast(ctx, first)).rejects.toMatchObject({
    code: "template_not_approved",
    details: { status: "paused", templateStatus: "PAUSED" },
  });
  expect((await getBroadcast(ctx, first)).status).toBe("paused");
  expect((await numberOf(organization.providerId)).status).toBe("paused");
});

test.each(["draft", "sending", "completed", "canceled"] as const)(
  "a resume of a %s broadcast is rejected",
  async (status) => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, status, {});
    await expect(resumeBroadcast(ctx, id)).rejects.toMatchObject({
      code: "conflict",
      details: { status },
    });
  },
);

test("a resume and a refusal at once never leave a broadcast sending from a paused number", async () => {
  for (let round = 0; round < 10; round++) {
    const { organization, ctx, first, second } = await refused("number", "meta_131048");
    await Promise.allSettled([
      resumeBroadcast(ctx, first),
      resumeBroadcast(ctx, second),
      pauseForFailure(engine.engineDb, {
        scope: "number",
        reason: "meta_131048",
        broadcastId: first,
        ...organization,
      }),
    ]);
    const { status } = await numberOf(organization.providerId);
    const states = await Promise.all([first, second].map((id) => getBroadcast(ctx, id)));
    const isSendingAnyway =
      status === "paused" && states.some((broadcast) => broadcast.status === "sending");
    expect(isSendingAnyway).toBe(false);
  }
});
