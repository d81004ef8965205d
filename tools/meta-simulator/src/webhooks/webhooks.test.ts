import { afterEach, beforeEach, expect, test } from "vitest";
import type { SimulatorOptions } from "../options.ts";
import { startSimulator, type Simulator } from "../start-simulator.ts";
import { callGraph, phoneOf, send } from "../testing/call-graph.ts";
import { startReceiver, type Receiver } from "../testing/start-receiver.ts";

let receiver: Receiver;
let simulator: Simulator;

beforeEach(async () => {
  receiver = await startReceiver();
});

afterEach(async () => {
  await simulator.close();
  await receiver.close();
});

async function start(options: Partial<SimulatorOptions> = {}): Promise<string> {
  simulator = await startSimulator({
    latencyMs: 0,
    webhookUrl: receiver.url,
    webhookDelayMs: 20,
    webhookRetryMs: 10,
    webhookRetryMsMax: 40,
    numbers: [{ messagesPerSecond: 0 }],
    readShare: 1,
    ...options,
  });
  return simulator.url;
}

async function sendMany(url: string, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, n) => send(url, phoneOf(n), `r${n}`)));
}

const isDrained = (): Promise<void> =>
  expect.poll(() => simulator.ledger().pendingWebhooks, { timeout: 10_000 }).toBe(0);

test("a message becomes sent, delivered, and read, in signed statuses with its callback data", async () => {
  const url = await start();
  const { json } = await send(url, phoneOf(1), 'r1 "ü"');
  await isDrained();
  const [message] = Array.isArray(json.messages) ? json.messages : [];
  expect(receiver.statuses).toMatchObject(
    ["sent", "delivered", "read"].map((status) => ({
      id: message?.id,
      status,
      timestamp: expect.stringMatching(/^\d{10}$/),
      recipientId: phoneOf(1).slice(1),
      callbackData: 'r1 "ü"',
    })),
  );
  const pricing = { billable: true, pricingModel: "PMP", type: "regular", category: "marketing" };
  expect(receiver.statuses.map((status) => status.pricing)).toEqual([pricing, pricing, undefined]);
  expect(simulator.ledger().statuses).toEqual({ sent: 1, delivered: 1, read: 1, failed: 0 });
});

test("an undeliverable message fails with Meta's error and has no other status", async () => {
  const url = await start();
  await callGraph(url, "POST", "/_control", {
    outcomes: { [phoneOf(1)]: { code: 131049, in: "status" } },
  });
  await send(url, phoneOf(1), "r1");
  await isDrained();
  expect(receiver.statuses).toMatchObject([{ status: "failed", errorCode: 131049 }]);
  expect(receiver.bodies[0]).toContain(
    '"title":"This message was not delivered to maintain healthy ecosystem engagement."',
  );
});

test("a message still gets its statuses when it was cut off after acceptance", async () => {
  const url = await start({ cutAfter: 1 });
  await expect(send(url, phoneOf(1), "r1")).rejects.toThrow("fetch failed");
  await isDrained();
  expect(receiver.statuses.map((status) => status.callbackData)).toEqual(["r1", "r1", "r1"]);
});

test("a held message gets its statuses after its release, or fails with 132015 if dropped", async () => {
  const url = await start({ heldMs: 300 });
  const outcomes = {
    [phoneOf(1)]: { held: "released" },
    [phoneOf(2)]: { held: "dropped" },
  };
  await callGraph(url, "POST", "/_control", { outcomes });
  const begin = performance.now();
  await Promise.all([send(url, phoneOf(1), "r1"), send(url, phoneOf(2), "r2")]);
  await isDrained();
  expect(performance.now() - begin).toBeGreaterThan(300);
  expect(receiver.statuses.filter((status) => status.callbackData === "r2")).toMatchObject([
    { status: "failed", errorCode: 132015 },
  ]);
  expect(receiver.statuses.filter((status) => status.callbackData === "r1")).toHaveLength(2);
});

test("a webhook is sent again until it is answered with 200, without losing a status", async () => {
  const url = await start();
  receiver.refuse(500, 503, 404, 302, 204, 500, 500);
  await sendMany(url, 30);
  await isDrained();
  expect(new Set(receiver.statuses.map((s) => `${s.callbackData} ${s.status}`)).size).toBe(90);
  expect(receiver.statuses).toHaveLength(90);
  const { webhookPosts, webhookRetries } = simulator.ledger();
  expect(webhookRetries).toBe(7);
  expect(webhookPosts).toBe(receiver.posts());
});

test("a POST contains up to as many statuses as the batch size", async () => {
  const url = await start({ webhookBatch: 7 });
  await sendMany(url, 100);
  await isDrained();
  expect(receiver.statuses).toHaveLength(300);
  expect(Math.max(...receiver.batchSizes)).toBe(7);
});

test("a repeated webhook contains the same statuses again", async () => {
  const url = await start({ webhookRepeat: 1 });
  await sendMany(url, 10);
  await isDrained();
  const times = new Map<string, number>();
  for (const { id, status } of receiver.statuses)
    times.set(`${id} ${status}`, (times.get(`${id} ${status}`) ?? 0) + 1);
  expect(times.size).toBe(30);
  expect(new Set(times.values())).toEqual(new Set([2]));
  expect(simulator.ledger().statuses).toMatchObject({ sent: 10, delivered: 10, read: 10 });
});

test("read arrives before delivered when statuses are reordered", async () => {
  const url = await start({ webhookReorder: 1, webhookConnections: 1, webhookDelayMs: 60 });
  await send(url, phoneOf(1), "r1");
  await isDrained();
  expect(receiver.statuses.map((status) => status.status)).toEqual(["sent", "read", "delivered"]);
});

test("paused webhooks all arrive after the pause, and none during it", async () => {
  const url = await start();
  await callGraph(url, "POST", "/_control", { webhooksPausedMs: 60_000 });
  await sendMany(url, 10);
  await expect.poll(() => simulator.ledger().statuses.read, { timeout: 10_000 }).toBe(10);
  expect(receiver.posts()).toBe(0);
  expect(simulator.ledger().pendingWebhooks).toBe(30);
  await callGraph(url, "POST", "/_control", { webhooksPausedMs: 0 });
  await isDrained();
  expect(receiver.statuses).toHaveLength(30);
});

test("the number of concurrent webhooks stays within the number of connections", async () => {
  const url = await start({ webhookBatch: 1, webhookConnections: 2 });
  await sendMany(url, 50);
  await isDrained();
  expect(receiver.connectionsMax()).toBeLessThanOrEqual(2);
});

test("each number's webhooks are signed with its own app secret", async () => {
  const other = await startReceiver("another-secret");
  const url = await start();
  simulator.addNumber({ phoneNumberId: "777", wabaId: "888", appSecret: "another-secret" });
  const override = { override_callback_uri: other.url, verify_token: "hush" };
  await callGraph(url, "POST", "/v25.0/888/subscribed_apps", override);
  await Promise.all([send(url, phoneOf(1), "r1"), send(url, phoneOf(2), "r2", "777")]);
  await isDrained();
  expect(new Set(receiver.statuses.map((s) => s.callbackData))).toEqual(new Set(["r1"]));
  expect(new Set(other.statuses.map((s) => s.callbackData))).toEqual(new Set(["r2"]));
  await other.close();
});

test("the callback URL changes at run time only after a handshake when a token is given", async () => {
  const url = await start({ webhookUrl: "http://127.0.0.1:9/nobody" });
  const change = (verifyToken: string) =>
    callGraph(url, "POST", "/_control", { webhookUrl: receiver.url, verifyToken });
  expect((await change("wrong")).status).toBe(400);
  expect((await change("hush")).status).toBe(200);
  await send(url, phoneOf(1), "r1");
  await isDrained();
  expect(receiver.statuses).toHaveLength(3);
});

test("messages get their statuses and nothing stays pending when there is no callback URL", async () => {
  simulator = await startSimulator({ latencyMs: 0, webhookDelayMs: 20, readShare: 1 });
  await send(simulator.url, phoneOf(1), "r1");
  await isDrained();
  expect(simulator.ledger()).toMatchObject({
    statuses: { sent: 1, delivered: 1, read: 1 },
    webhookPosts: 0,
  });
});

test("POST /_webhooks sends any change of an account", async () => {
  const url = await start();
  const value = { event: "ACCOUNT_RESTRICTION" };
  await callGraph(url, "POST", "/_webhooks", {
    wabaId: "102290129340398",
    field: "account_update",
    value,
  });
  await isDrained();
  expect(JSON.parse(receiver.bodies[0] ?? "")).toMatchObject({
    object: "whatsapp_business_account",
    entry: [{ id: "102290129340398", changes: [{ field: "account_update", value }] }],
  });
});

test("a free-form message outside a service window fails with 131047", async () => {
  const url = await start();
  await callGraph(url, "POST", "/v25.0/106540352242922/messages", {
    messaging_product: "whatsapp",
    to: phoneOf(1),
    type: "text",
    text: { body: "Hello" },
  });
  await isDrained();
  expect(receiver.statuses).toMatchObject([{ status: "failed", errorCode: 131047 }]);
});
