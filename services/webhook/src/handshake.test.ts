import { errorBody } from "@loudhailer/contracts/error-codes.ts";
import { createTestOrganization } from "@loudhailer/testing/create-test-broadcast.ts";
import { expect, test } from "vitest";
import { useTestWebhook } from "./testing/test-webhook.ts";

const { db, webhook } = await useTestWebhook();

function shake(query: Record<string, string>): Promise<Response> {
  return fetch(`${webhook.url}?${new URLSearchParams(query).toString()}`);
}

async function connectedToken(): Promise<string> {
  const { providerId } = await createTestOrganization(db);
  const { webhook_verify_token: token } = await db
    .selectFrom("whatsapp_providers")
    .where("id", "=", providerId)
    .select("webhook_verify_token")
    .executeTakeFirstOrThrow();
  return token;
}

test("the challenge is returned as plain text when the verify token is known", async () => {
  const response = await shake({
    "hub.mode": "subscribe",
    "hub.verify_token": await connectedToken(),
    "hub.challenge": "1158201444<b>",
  });
  expect(response.status).toBe(200);
  expect(await response.text()).toBe("1158201444<b>");
  expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
});

test("a wrong token, another mode or a missing parameter gets 403", async () => {
  const token = await connectedToken();
  const good = { "hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1" };
  const bad = [
    { ...good, "hub.verify_token": "guess" },
    { ...good, "hub.verify_token": "" },
    { ...good, "hub.verify_token": "a\0b" },
    { ...good, "hub.mode": "unsubscribe" },
    { "hub.mode": "subscribe", "hub.verify_token": token },
    {},
  ];
  const answers = await Promise.all(bad.map(async (query) => (await shake(query)).status));
  expect(answers).toEqual(bad.map(() => 403));
  const twice = await fetch(
    `${webhook.url}?hub.mode=subscribe&hub.challenge=1&hub.verify_token=${token}&hub.verify_token=x`,
  );
  expect(twice.status).toBe(403);
});

test("a URL that can't be decoded is refused with the common error shape", async () => {
  const response = await fetch(`${webhook.origin}/webhooks/%zz`);
  expect(response.status).toBe(400);
  expect(errorBody.parse(await response.json()).error.code).toBe("invalid_input");
});

test("health, readiness and metrics routes answer too", async () => {
  expect((await fetch(`${webhook.origin}/healthz`)).status).toBe(200);
  expect((await fetch(`${webhook.origin}/readyz`)).status).toBe(200);
  const metrics = await (await fetch(`${webhook.origin}/metrics`)).text();
  expect(metrics).toContain("loudhailer_webhook_waiting_items");
});
