import {
  createTestBroadcast,
  createTestOrganization,
  type TestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { sql } from "kysely";
import { expect, test } from "vitest";
import {
  encrypt,
  entryOf,
  postOf,
  startSending,
  statusOf,
  useTestWebhook,
} from "./testing/test-webhook.ts";

const { db, webhook, dataOf } = await useTestWebhook();

const presentSecret = "app-secret-of-the-present-organization";
const formerSecret = "app-secret-of-the-former-organization";

async function sendingOf(organization: TestOrganization) {
  const { broadcastId, recipientIds } = await createTestBroadcast(db, organization, {
    recipients: 1,
  });
  await startSending(db, broadcastId);
  return { broadcastId, recipientId: recipientIds[0] ?? "" };
}

/** Moves a number with a message under way to another organization with its own Meta app. */
async function moved() {
  const former = await createTestOrganization(db);
  const formerMessage = await sendingOf(former);
  await db
    .updateTable("whatsapp_providers")
    .set({
      status: "disconnected",
      status_reason: "number_moved",
      moved_at: new Date(),
      app_secret: encrypt(formerSecret),
    })
    .where("id", "=", former.providerId)
    .execute();
  const present = await createTestOrganization(db, {
    phoneNumberId: former.phoneNumberId,
    wabaId: former.wabaId,
  });
  await db
    .updateTable("whatsapp_providers")
    .set({ app_secret: encrypt(presentSecret) })
    .where("id", "=", present.providerId)
    .execute();
  return { former, formerMessage, present, presentMessage: await sendingOf(present) };
}

/** Adds a message that the organization has sent, and returns its wamid. */
async function settledOf(organization: TestOrganization): Promise<string> {
  const { recipientId } = await sendingOf(organization);
  const wamid = `wamid.settled-${recipientId}`;
  await db
    .updateTable("whatsapp_broadcast_recipients")
    .set({ status: "sent", wamid })
    .where("id", "=", recipientId)
    .execute();
  return wamid;
}

function status(id: string, fields: object = {}) {
  return statusOf({ id: `wamid.${id}`, biz_opaque_callback_data: dataOf(id), ...fields });
}

async function recipient(id: string) {
  const { status: state, wamid } = await db
    .selectFrom("whatsapp_broadcast_recipients")
    .where("id", "=", id)
    .select(["status", "wamid"])
    .executeTakeFirstOrThrow();
  return { status: state, wamid };
}

function eventsOf({ organizationId }: TestOrganization) {
  return db
    .selectFrom("webhook_events")
    .where("organization_id", "=", organizationId)
    .select(["reason", "payload"])
    .execute();
}

async function counted(): Promise<number> {
  const text = await webhook.metrics.registry.metrics();
  const [, count] =
    /webhook_changes_total\{field="messages",outcome="of_another_organization"[^}]*\} (\d+)/.exec(
      text,
    ) ?? [];
  return Number(count ?? 0);
}

const account = { code: 131031, title: "Account locked" };

test.each([
  ["sent", {}],
  ["delivered", { status: "delivered" }],
  ["read", { status: "read" }],
  ["failed", { status: "failed", errors: [account] }],
])(
  "a %s status of a message of the former organization changes nothing and is only counted",
  async (_status, fields) => {
    const { former, formerMessage, present, presentMessage } = await moved();
    const before = await counted();
    const statuses = [
      status(formerMessage.recipientId, fields),
      statusOf({ id: await settledOf(former), ...fields }),
      status(presentMessage.recipientId),
    ];
    const response = await webhook.post(postOf(entryOf(present, statuses)), presentSecret);
    expect(response.status).toBe(200);
    const untouched = { status: "sending", wamid: null };
    expect(await recipient(formerMessage.recipientId)).toEqual(untouched);
    expect(await recipient(presentMessage.recipientId)).toMatchObject({ status: "sent" });
    expect(await eventsOf(present)).toEqual([]);
    expect(await eventsOf(former)).toEqual([]);
    expect(await counted()).toBe(before + 2);
    const { rows } = await sql<{ status: string }>`
      select status from whatsapp_broadcasts
      where organization_id in (${former.organizationId}, ${present.organizationId})
    `.execute(db);
    expect(rows.map((row) => row.status)).toEqual(["sending", "sending", "sending"]);
  },
);

test("a status that names no known recipient is still stored for the present organization", async () => {
  const { present } = await moved();
  const unknown = status("900000000000");
  await webhook.post(postOf(entryOf(present, [unknown])), presentSecret);
  expect(await eventsOf(present)).toMatchObject([{ reason: "unmatched_status" }]);
});

test("the former organization's app secret signs nothing for the number any more", async () => {
  const { former, formerMessage } = await moved();
  const body = postOf(entryOf(former, [status(formerMessage.recipientId)]));
  expect((await webhook.post(body, formerSecret)).status).toBe(401);
  expect(await recipient(formerMessage.recipientId)).toMatchObject({ status: "sending" });
});

test("an update of the account reaches only the organization that has the number", async () => {
  const { former, present } = await moved();
  const value = {
    event: "PAUSED",
    message_template_name: "parcel_update",
    message_template_language: "en_US",
  };
  const change = { field: "message_template_status_update", value };
  const body = postOf({ id: present.wabaId, time: 1_790_000_000, changes: [change] });
  expect((await webhook.post(body, presentSecret)).status).toBe(200);
  const templates = await db
    .selectFrom("whatsapp_templates")
    .where("organization_id", "in", [former.organizationId, present.organizationId])
    .select(["organization_id", "status"])
    .execute();
  expect(new Map(templates.map((row) => [row.organization_id, row.status]))).toEqual(
    new Map([
      [former.organizationId, "APPROVED"],
      [present.organizationId, "PAUSED"],
    ]),
  );
});
