import {
  createTestBroadcast,
  createTestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { signBody } from "@loudhailer/whatsapp/webhook-signature.ts";
import { expect, test } from "vitest";
import { encrypt, entryOf, postOf, statusOf, useTestWebhook } from "./testing/test-webhook.ts";

const { db, webhook, dataOf } = await useTestWebhook();

async function organizationWith(appSecret: string | null) {
  const organization = await createTestOrganization(db);
  await db
    .updateTable("whatsapp_providers")
    .set({ app_secret: appSecret === null ? null : encrypt(appSecret) })
    .where("id", "=", organization.providerId)
    .execute();
  const { recipientIds } = await createTestBroadcast(db, organization, {
    recipients: 1,
    attempts: 1,
  });
  return { ...organization, recipientId: recipientIds[0] ?? "" };
}

async function recipientStatus(id: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("whatsapp_broadcast_recipients")
    .where("id", "=", id)
    .select("status")
    .executeTakeFirst();
  return row?.status;
}

test("the signature covers the raw bytes, including escapes, spaces and key order", async () => {
  const { recipientId, phoneNumberId, wabaId } = await organizationWith("own-secret");
  const body = `{ "entry":[{"changes":[{"value":{"statuses":[{"status":"delivered","id":"wamid.\\u0061\\u00e9\\/b",
    "biz_opaque_callback_data":"${dataOf(recipientId)}","timestamp":"1790000000"}],
    "metadata":{"phone_number_id":"${phoneNumberId}"}},"field":"messages"}],"id":"${wabaId}"}],"object":"whatsapp_business_account" }`;
  const reordered = JSON.stringify(JSON.parse(body));
  const response = await fetch(webhook.url, {
    method: "POST",
    body,
    headers: { "x-hub-signature-256": signBody({ rawBody: reordered, appSecret: "own-secret" }) },
  });
  expect(response.status).toBe(401);
  expect(await recipientStatus(recipientId)).toBe("pending");
  expect((await webhook.post(body, "own-secret")).status).toBe(200);
  expect(await recipientStatus(recipientId)).toBe("delivered");
});

test("a missing, wrong or malformed signature gets 401 and has no effect", async () => {
  const organization = await organizationWith(null);
  const body = JSON.stringify(
    postOf(
      entryOf(organization, [
        statusOf({ biz_opaque_callback_data: dataOf(organization.recipientId) }),
      ]),
    ),
  );
  for (const signature of [undefined, "", "sha256=", "sha1=00", `sha256=${"0".repeat(64)}`]) {
    const response = await fetch(webhook.url, {
      method: "POST",
      body,
      headers: signature === undefined ? {} : { "x-hub-signature-256": signature },
    });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { code: "unauthenticated" } });
  }
  expect(await recipientStatus(organization.recipientId)).toBe("pending");
});

test("a number's own app secret overrides the platform's, which serves the other numbers", async () => {
  const own = await organizationWith("own-secret");
  const shared = await organizationWith(null);
  const ownPost = postOf(
    entryOf(own, [statusOf({ biz_opaque_callback_data: dataOf(own.recipientId) })]),
  );
  const sharedPost = postOf(
    entryOf(shared, [statusOf({ biz_opaque_callback_data: dataOf(shared.recipientId) })]),
  );
  expect((await webhook.post(ownPost)).status).toBe(401);
  expect((await webhook.post(sharedPost, "own-secret")).status).toBe(401);
  expect((await webhook.post(ownPost, "own-secret")).status).toBe(200);
  expect((await webhook.post(sharedPost)).status).toBe(200);
});

test("only those entries of a POST have an effect whose own secret signed it", async () => {
  const a = await organizationWith("secret-of-a");
  const b = await organizationWith("secret-of-b");
  const body = postOf(
    entryOf(a, [statusOf({ biz_opaque_callback_data: dataOf(a.recipientId) })]),
    entryOf(b, [statusOf({ biz_opaque_callback_data: dataOf(b.recipientId) })]),
  );
  expect((await webhook.post(body, "secret-of-a")).status).toBe(200);
  expect(await recipientStatus(a.recipientId)).toBe("sent");
  expect(await recipientStatus(b.recipientId)).toBe("pending");
});

test("a correctly signed status changes no recipient of another organization", async () => {
  const a = await organizationWith("secret-of-a");
  const b = await organizationWith("secret-of-b");
  await db
    .updateTable("whatsapp_broadcast_recipients")
    .set({ status: "sending", wamid: "wamid.of-a" })
    .where("id", "=", a.recipientId)
    .execute();
  const body = postOf(
    entryOf(b, [
      statusOf({ biz_opaque_callback_data: dataOf(a.recipientId), status: "read" }),
      statusOf({ id: "wamid.of-a", status: "read" }),
    ]),
  );
  expect((await webhook.post(body, "secret-of-b")).status).toBe(200);
  expect(await recipientStatus(a.recipientId)).toBe("sending");
  const kept = await db
    .selectFrom("webhook_events")
    .where("phone_number_id", "=", b.phoneNumberId)
    .select(["organization_id", "reason"])
    .execute();
  // They concern what a has sent, so that b sees nothing of them.
  expect(kept).toEqual([]);
});

test("a POST gets 503, so that Meta sends it again, when its app secret can't be decrypted", async () => {
  const organization = await organizationWith("own-secret");
  await db
    .updateTable("whatsapp_providers")
    .set({ app_secret: encrypt("own-secret").replace("v1:k1:", "v1:lost:") })
    .where("id", "=", organization.providerId)
    .execute();
  const body = postOf(entryOf(organization, [statusOf({})]));
  expect((await webhook.post(body, "own-secret")).status).toBe(503);
});

test("a change that names only a WABA is checked with the app secret of its numbers", async () => {
  const own = await organizationWith("secret-of-waba");
  const change = { field: "security", value: { event: "PIN_RESET_REQUEST" } };
  const body = postOf({ id: own.wabaId, changes: [change] });
  expect((await webhook.post(body)).status).toBe(401);
  expect((await webhook.post(body, "secret-of-waba")).status).toBe(200);
  const kept = await db
    .selectFrom("webhook_events")
    .where("waba_id", "=", own.wabaId)
    .select(["organization_id", "field", "payload", "reason"])
    .execute();
  expect(kept).toEqual([
    {
      organization_id: own.organizationId,
      field: "security",
      payload: { event: "PIN_RESET_REQUEST" },
      reason: "unhandled_field",
    },
  ]);
});

test("an account update needs the account's own secret even when it names another number", async () => {
  const own = await organizationWith("secret-of-one");
  const other = await organizationWith("secret-of-two");
  const value = {
    event: "DISABLED_UPDATE",
    ban_info: { waba_ban_state: "DISABLE" },
    metadata: { phone_number_id: own.phoneNumberId },
  };
  const body = postOf({ id: other.wabaId, changes: [{ field: "account_update", value }] });
  expect((await webhook.post(body, "secret-of-one")).status).toBe(401);
  const row = await db
    .selectFrom("whatsapp_providers")
    .where("id", "=", other.providerId)
    .select("status")
    .executeTakeFirst();
  expect(row?.status).toBe("connected");

  const unowned = postOf({ id: "909909", changes: [{ field: "account_update", value }] });
  expect((await webhook.post(unowned)).status).toBe(200);
  const kept = await db
    .selectFrom("webhook_events")
    .where("waba_id", "=", "909909")
    .select(["organization_id", "reason"])
    .execute();
  expect(kept).toEqual([{ organization_id: null, reason: "unknown_waba" }]);
});

test("a message without a number is kept without an organization when several share the account", async () => {
  const first = await createTestOrganization(db);
  await createTestOrganization(db, { wabaId: first.wabaId });
  const message = { from: "15550002222", id: "wamid.whose", type: "text", timestamp: "1790000000" };
  const change = { field: "messages", value: { messages: [message] } };
  expect((await webhook.post(postOf({ id: first.wabaId, changes: [change] }))).status).toBe(200);
  const stored = await db
    .selectFrom("inbound_messages")
    .where("wamid", "=", "wamid.whose")
    .select("id")
    .execute();
  expect(stored).toEqual([]);
  const kept = await db
    .selectFrom("webhook_events")
    .where("waba_id", "=", first.wabaId)
    .select(["organization_id", "reason"])
    .execute();
  expect(kept).toEqual([{ organization_id: null, reason: "unknown_waba" }]);
});

test("a newly connected number is recognized within seconds", async () => {
  const phoneNumberId = "777000111222";
  const early = postOf(entryOf({ phoneNumberId, wabaId: "9" }, [statusOf({ id: "wamid.early" })]));
  expect((await webhook.post(early)).status).toBe(200);
  const organization = await createTestOrganization(db, { phoneNumberId });
  const { recipientIds } = await createTestBroadcast(db, organization, {
    recipients: 1,
    attempts: 1,
  });
  const recipientId = recipientIds[0] ?? "";
  const status = statusOf({ biz_opaque_callback_data: dataOf(recipientId) });
  await expect
    .poll(
      async () => {
        await webhook.post(postOf(entryOf(organization, [status])));
        return recipientStatus(recipientId);
      },
      { timeout: 3_000, interval: 200 },
    )
    .toBe("sent");
});
