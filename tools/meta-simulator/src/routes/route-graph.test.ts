import { afterAll, beforeAll, expect, test } from "vitest";
import { startSimulator, type Simulator } from "../start-simulator.ts";
import { callGraph, testPhoneNumberId, phoneOf, send, wabaId } from "../testing/call-graph.ts";
import { startReceiver, type Receiver } from "../testing/start-receiver.ts";

let simulator: Simulator;
let receiver: Receiver;
let url: string;

beforeAll(async () => {
  receiver = await startReceiver();
  simulator = await startSimulator({ latencyMs: 0, templateReviewMs: 50 });
  url = simulator.url;
  simulator.addNumber({ phoneNumberId: "777", wabaId: "888", accessToken: "other-token" });
});

afterAll(async () => {
  await simulator.close();
  await receiver.close();
});

test("a call is refused with 401 and code 104 without a token, or code 190 with a wrong one", async () => {
  const path = `/v25.0/${testPhoneNumberId}`;
  expect(await callGraph(url, "GET", path, undefined, "")).toMatchObject({
    status: 401,
    code: 104,
  });
  expect(await callGraph(url, "GET", path, undefined, "wrong")).toMatchObject({
    status: 401,
    code: 190,
  });
});

test("an expired token is refused with code 190 and subcode 463 on every route", async () => {
  await callGraph(url, "POST", "/_control", { tokenExpired: true });
  for (const path of [testPhoneNumberId, wabaId, `${wabaId}/message_templates`])
    expect((await callGraph(url, "GET", `/v25.0/${path}`)).json).toMatchObject({
      error: { code: 190, error_subcode: 463 },
    });
  expect((await send(url, phoneOf(1))).code).toBe(190);
  await callGraph(url, "POST", "/_control", { tokenExpired: false });
});

test.for([
  ["GET", "/v25.0/123456"],
  ["POST", "/v25.0/123456/messages"],
  ["GET", `/v25.0/${testPhoneNumberId}/nothing`],
  ["POST", "/v25.0/777/messages"],
  ["GET", "/v25.0/777"],
])(
  "%s %s is refused with code 100 and subcode 33 when the token can't see the object",
  async ([method = "", path = ""]) => {
    const { status, json } = await callGraph(url, method, path, method === "POST" ? {} : undefined);
    expect(status).toBe(400);
    expect(json).toMatchObject({
      error: {
        type: "GraphMethodException",
        code: 100,
        error_subcode: 33,
        message: expect.stringMatching(/^Unsupported (get|post) request\. Object with ID '\d+'/),
      },
    });
  },
);

test("a call to another account's WABA is refused with code 200", async () => {
  expect(await callGraph(url, "GET", "/v25.0/888/message_templates")).toMatchObject({
    status: 403,
    code: 200,
  });
});

test("a number returns the requested fields and its ID", async () => {
  const fields = "display_phone_number,throughput{level},whatsapp_business_manager_messaging_limit";
  const { json } = await callGraph(url, "GET", `/v25.0/${testPhoneNumberId}?fields=${fields}`);
  expect(json).toEqual({
    id: testPhoneNumberId,
    display_phone_number: "15550783881",
    throughput: { level: "STANDARD" },
    whatsapp_business_manager_messaging_limit: "TIER_UNLIMITED",
  });
});

test("a number returns Meta's default fields when none are requested", async () => {
  const { json } = await callGraph(url, "GET", `/v23.0/${testPhoneNumberId}`);
  expect(json).toMatchObject({ verified_name: "Lucky Shrub", quality_rating: "GREEN" });
  expect(json).not.toHaveProperty("status");
});

test("a call is refused with code 100 when it requests a field that doesn't exist", async () => {
  const { json } = await callGraph(url, "GET", `/v25.0/${testPhoneNumberId}?fields=shoe_size`);
  expect(json).toMatchObject({
    error: { code: 100, message: expect.stringContaining("nonexisting field (shoe_size)") },
  });
});

test("a WABA returns the requested fields and its numbers", async () => {
  const waba = await callGraph(url, "GET", `/v25.0/${wabaId}?fields=name,currency`);
  expect(waba.json).toEqual({ id: wabaId, name: "Lucky Shrub", currency: "USD" });
  const numbers = await callGraph(url, "GET", `/v25.0/${wabaId}/phone_numbers?fields=id`);
  expect(numbers.json.data).toEqual([{ id: testPhoneNumberId }]);
});

test("debug_token returns the accounts a token may see, and reports a wrong token as invalid", async () => {
  const good = await callGraph(url, "GET", "/v25.0/debug_token?input_token=other-token");
  expect(good.json).toMatchObject({
    data: {
      is_valid: true,
      scopes: ["whatsapp_business_management", "whatsapp_business_messaging"],
      granular_scopes: [{ target_ids: ["888"] }, { target_ids: ["888"] }],
    },
  });
  const wrong = await callGraph(url, "GET", "/v25.0/debug_token?input_token=wrong");
  expect(wrong.json).toMatchObject({ data: { is_valid: false, error: { code: 190 } } });
});

test("subscribing with a callback URL succeeds only after Meta's handshake", async () => {
  const path = "/v25.0/888/subscribed_apps";
  const call = (body: unknown) => callGraph(url, "POST", path, body, "other-token");
  const wrong = await call({ override_callback_uri: receiver.url, verify_token: "wrong" });
  expect(wrong).toMatchObject({ status: 400, code: 2200 });
  const gone = await call({ override_callback_uri: "http://127.0.0.1:9/x", verify_token: "hush" });
  expect(gone.code).toBe(2200);
  const right = await call({ override_callback_uri: receiver.url, verify_token: "hush" });
  expect(right.json).toEqual({ success: true });
  const list = await callGraph(url, "GET", path, undefined, "other-token");
  expect(list.json).toMatchObject({ data: [{ override_callback_uri: receiver.url }] });
});

test("an account lists no subscribed app after it unsubscribes", async () => {
  const path = "/v25.0/888/subscribed_apps";
  await callGraph(url, "DELETE", path, undefined, "other-token");
  const list = await callGraph(url, "GET", path, undefined, "other-token");
  expect(list.json).toEqual({ data: [] });
});

test("an uploaded file can be described, downloaded, and deleted", async () => {
  const form = new FormData();
  form.set("messaging_product", "whatsapp");
  form.set("type", "image/png");
  form.set("file", new Blob(["pixels"], { type: "image/png" }), "a.png");
  const response = await fetch(`${url}/v25.0/${testPhoneNumberId}/media`, {
    method: "POST",
    headers: { authorization: "Bearer simulator-token" },
    body: form,
  });
  const { id } = JSON.parse(await response.text());
  const { json } = await callGraph(url, "GET", `/v25.0/${id}`);
  expect(json).toMatchObject({ mime_type: "image/png", file_size: 6, id });
  expect(await (await fetch(String(json.url))).text()).toBe("pixels");
  expect((await callGraph(url, "DELETE", `/v25.0/${id}`)).json).toEqual({ success: true });
  expect((await callGraph(url, "GET", `/v25.0/${id}`)).code).toBe(100);
});

test.for([
  ["image/png", 5 * 1024 * 1024 + 1, 131053],
  ["image/gif", 10, 100],
] as const)("an upload of %s with %i bytes is refused with code %i", async ([type, size, code]) => {
  const form = new FormData();
  form.set("messaging_product", "whatsapp");
  form.set("type", type);
  form.set("file", new Blob([new Uint8Array(size)], { type }), "a");
  const response = await fetch(`${url}/v25.0/${testPhoneNumberId}/media`, {
    method: "POST",
    headers: { authorization: "Bearer simulator-token" },
    body: form,
  });
  expect(JSON.parse(await response.text())).toMatchObject({ error: { code } });
});

test("an invalid control request is refused with an error message", async () => {
  for (const body of [
    { faults: { undeliverable: 2 } },
    { nonsense: 1 },
    { outcomes: { abc: null } },
  ])
    expect(await callGraph(url, "POST", "/_control", body)).toMatchObject({
      status: 400,
      json: { error: expect.any(String) },
    });
});
