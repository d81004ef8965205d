import { afterEach, expect, test } from "vitest";
import type { SimulatorOptions } from "../options.ts";
import { startSimulator, type Simulator } from "../start-simulator.ts";
import { callGraph, phoneOf, send, springSale } from "../testing/call-graph.ts";

const sendPath = "/v25.0/106540352242922/messages";

let simulator: Simulator | undefined;

async function start(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  simulator = await startSimulator({
    latencyMs: 0,
    numbers: [{ messagesPerSecond: 0 }],
    ...options,
  });
  return simulator;
}

afterEach(async () => {
  await simulator?.close();
  simulator = undefined;
});

test("an accepted message is answered in Meta's format and recorded in the ledger", async () => {
  const { url, ledger } = await start();
  const { status, json } = await send(url, "+49 151 00000001", "r1");
  expect(status).toBe(200);
  expect(json).toEqual({
    messaging_product: "whatsapp",
    contacts: [{ input: "+49 151 00000001", wa_id: "4915100000001" }],
    messages: [{ id: expect.stringMatching(/^wamid\.HBg/), message_status: "accepted" }],
  });
  const messages = await callGraph(url, "GET", "/_ledger/messages");
  expect(messages.json).toEqual({
    items: [
      {
        to: "+4915100000001",
        callbackData: "r1",
        wamid: expect.stringMatching(/^wamid\.HBg/),
        acceptedAt: expect.closeTo(Date.now(), -4),
        phoneNumberId: "106540352242922",
        template: "spring_sale",
        outcome: expect.stringMatching(/^(delivered|read)$/),
        errorCode: null,
      },
    ],
    next: null,
  });
  expect(ledger()).toMatchObject({ accepted: 1, recipients: 1, duplicates: 0, refused: {} });
});

test.for<[number, number, string, (message: Record<string, unknown>) => unknown]>([
  [400, 100, "no messaging_product", (m) => ({ ...m, messaging_product: undefined })],
  [400, 100, "no recipient", (m) => ({ ...m, to: undefined })],
  [400, 131009, "a recipient that isn't a phone number", (m) => ({ ...m, to: "+49abc" })],
  [400, 131021, "the sender as recipient", (m) => ({ ...m, to: "+1 555 078 3881" })],
  [400, 100, "an unknown type", (m) => ({ ...m, type: "fax" })],
  [400, 100, "no template", (m) => ({ ...m, template: undefined })],
  [404, 132001, "an unknown template", (m) => ({ ...m, template: templateOf("nope") })],
  [
    404,
    132001,
    "an unknown language",
    (m) => ({ ...m, template: templateOf("spring_sale", "fr") }),
  ],
  [404, 132001, "a pending template", (m) => ({ ...m, template: templateOf("autumn_preview") })],
  [404, 132001, "a rejected template", (m) => ({ ...m, template: templateOf("prize_draw") })],
  [400, 132015, "a paused template", (m) => ({ ...m, template: templateOf("winter_clearance") })],
  [400, 132016, "a disabled template", (m) => ({ ...m, template: templateOf("old_newsletter") })],
  [400, 132000, "missing parameters", (m) => ({ ...m, template: templateOf("spring_sale") })],
  [
    400,
    131009,
    "callback data over 512 characters",
    (m) => ({ ...m, biz_opaque_callback_data: "x".repeat(513) }),
  ],
])("a message is refused with %i and code %i for %s", async ([status, code, , change]) => {
  const { url, ledger } = await start();
  const answer = await callGraph(url, "POST", sendPath, change({ ...springSale(phoneOf(1)) }));
  expect([answer.status, answer.code]).toEqual([status, code]);
  expect(answer.json).toMatchObject({
    error: { type: "OAuthException", fbtrace_id: expect.stringMatching(/^A.{20,}/) },
  });
  expect(ledger()).toMatchObject({ accepted: 0, refused: { [code]: 1 } });
});

test("a body that isn't JSON is refused like one without parameters", async () => {
  const { url } = await start();
  expect(await callGraph(url, "POST", sendPath, "{not json")).toMatchObject({
    status: 400,
    code: 100,
  });
});

test("a user ID can receive a template but not an authentication template", async () => {
  const { url } = await start();
  const recipient = "US.13491208655302741918";
  const { json } = await callGraph(url, "POST", sendPath, {
    ...springSale(""),
    recipient,
  });
  expect(json.contacts).toEqual([{ input: recipient, user_id: recipient }]);
  const code = {
    name: "login_code",
    language: { code: "en_US" },
    components: [
      { type: "body", parameters: [{ type: "text", text: "1" }] },
      { type: "button", sub_type: "url", index: 0, parameters: [{ type: "text", text: "1" }] },
    ],
  };
  const refused = await callGraph(url, "POST", sendPath, {
    ...springSale(""),
    recipient,
    template: code,
  });
  expect(refused.code).toBe(131062);
});

test("a number refuses messages with 130429 when a rolling second reaches its limit", async () => {
  const { url, ledger } = await start({ numbers: [{ messagesPerSecond: 50 }] });
  const answers = await Promise.all(Array.from({ length: 120 }, (_, n) => send(url, phoneOf(n))));
  const refused = answers.filter((answer) => answer.code === 130429);
  expect(refused[0]?.json).toMatchObject({
    error: {
      message: "(#130429) Rate limit hit",
      error_subcode: 2494055,
      error_data: { details: "Cloud API message throughput has been reached." },
    },
  });
  const { accepted, maxPerSecond, numbers } = ledger();
  expect(accepted + refused.length).toBe(120);
  expect(maxPerSecond).toBeLessThanOrEqual(50);
  expect(numbers["106540352242922"]?.maxPerSecond).toBe(maxPerSecond);
});

test("every number has its own limit", async () => {
  const { url, ledger } = await start({ numbers: [{ messagesPerSecond: 1 }] });
  await callGraph(url, "POST", "/_numbers", { phoneNumberId: "555", messagesPerSecond: 1 });
  await Promise.all([send(url, phoneOf(1)), send(url, phoneOf(1), undefined, "555")]);
  expect(ledger().accepted).toBe(2);
});

test("a burst to one recipient is refused with 131056 after 45 messages, and others continue", async () => {
  const { url, ledger } = await start();
  await Promise.all(Array.from({ length: 50 }, (_, n) => send(url, phoneOf(1), `r${n}`)));
  expect(ledger()).toMatchObject({ accepted: 45, refused: { 131056: 5 } });
  expect((await send(url, phoneOf(2), "r50")).status).toBe(200);
});

test("a recipient can receive any number of messages when the pair rate is off", async () => {
  const { url, ledger } = await start({ pairRate: false });
  for (let n = 0; n < 60; n++) await send(url, phoneOf(1), `r${n}`);
  expect(ledger()).toMatchObject({ accepted: 60, recipients: 1, duplicates: 0 });
});

test("a duplicate is accepted, as at Meta, and is counted", async () => {
  const { url, ledger } = await start();
  await send(url, phoneOf(1), "r1");
  await send(url, phoneOf(1), "r1");
  await send(url, phoneOf(1), "r2");
  expect(ledger()).toMatchObject({ accepted: 3, duplicates: 1 });
});

test("a message is cut off once, and is recorded only when that happens after acceptance", async () => {
  const { url, ledger } = await start({ cutBefore: 1 });
  await expect(send(url, phoneOf(1), "r1")).rejects.toThrow("fetch failed");
  expect(ledger()).toMatchObject({ accepted: 0, cut: { before: 1, after: 0 } });
  expect((await send(url, phoneOf(1), "r1")).status).toBe(200);
  simulator?.setFaults({ cutBefore: 0, cutAfter: 1 });
  await expect(send(url, phoneOf(2), "r2")).rejects.toThrow("fetch failed");
  expect(ledger()).toMatchObject({ accepted: 2, cut: { before: 1, after: 1 } });
});

test("a forced outcome overrides the shares for the given number of messages", async () => {
  const { url, ledger } = await start({ optedOut: 1 });
  const outcomes = {
    [phoneOf(1)]: { code: 131026, in: "reply" },
    [phoneOf(2)]: { code: 131050, in: "status" },
    [phoneOf(3)]: { cut: "after", times: 1 },
    [phoneOf(4)]: { held: "released" },
    [phoneOf(5)]: { read: true },
  };
  expect((await callGraph(url, "POST", "/_control", { outcomes })).status).toBe(200);
  expect((await send(url, phoneOf(1))).code).toBe(131026);
  expect((await send(url, phoneOf(2))).status).toBe(200);
  await expect(send(url, phoneOf(3))).rejects.toThrow("fetch failed");
  expect((await send(url, phoneOf(3))).status).toBe(200);
  expect((await send(url, phoneOf(4))).json.messages).toMatchObject([
    { message_status: "held_for_quality_assessment" },
  ]);
  await send(url, phoneOf(5));
  expect(ledger()).toMatchObject({ accepted: 5, cut: { after: 1 }, refused: { 131026: 1 } });
  const { json } = await callGraph(url, "GET", "/_ledger/messages?limit=1");
  expect(json).toMatchObject({ items: [{ outcome: "failed", errorCode: 131050 }], next: "1" });
});

test("a server fault is answered as a Graph error with code 131000 or as HTML", async () => {
  const { url, ledger } = await start({ error5xx: 1 });
  expect(await send(url, phoneOf(1))).toMatchObject({ status: 500, code: 131000 });
  await callGraph(url, "POST", "/_control", { faults: { error5xx: 0, html: 1 } });
  const html = await send(url, phoneOf(1));
  expect(html.status).toBe(502);
  expect(html.json.text).toMatch(/^<!DOCTYPE html>/);
  expect(ledger().refused).toEqual({ 131000: 1, 502: 1 });
});

test("an answer is delayed by the latency, and by slowMs for slow recipients", async () => {
  const { url } = await start({ latencyMs: 40 });
  const begin = performance.now();
  await send(url, phoneOf(1));
  expect(performance.now() - begin).toBeGreaterThanOrEqual(29);
  simulator?.setFaults({ slow: 1, slowMs: 200, latencyMs: 0 });
  const later = performance.now();
  await send(url, phoneOf(2));
  expect(performance.now() - later).toBeGreaterThanOrEqual(199);
});

test("two simulators give every recipient the same outcome when they have the same seed", async () => {
  expect(await runSeeded()).toEqual(await runSeeded());
});

test("a reset empties the ledger and the rate windows", async () => {
  const { url, ledger } = await start({ numbers: [{ messagesPerSecond: 1 }] });
  await send(url, phoneOf(1), "r1");
  await callGraph(url, "POST", "/_reset");
  expect((await send(url, phoneOf(1), "r1")).status).toBe(200);
  expect(ledger()).toMatchObject({ accepted: 1, duplicates: 0, recipients: 1, maxPerSecond: 1 });
});

function templateOf(name: string, code = "en_US"): unknown {
  return { name, language: { code } };
}

/** Returns the outcomes of 60 recipients in a new simulator. */
async function runSeeded(): Promise<unknown> {
  const started = await startSimulator({
    latencyMs: 0,
    seed: 5,
    numbers: [{ messagesPerSecond: 0 }],
    undeliverable: 0.3,
    optedOut: 0.1,
    held: 0.2,
  });
  for (let n = 0; n < 60; n++) await send(started.url, phoneOf(n), `r${n}`);
  const { json } = await callGraph(started.url, "GET", "/_ledger/messages");
  const { refused } = started.ledger();
  await started.close();
  const items = Array.isArray(json.items) ? json.items : [];
  return [refused, items.map(({ to, outcome, errorCode }) => [to, outcome, errorCode])];
}
