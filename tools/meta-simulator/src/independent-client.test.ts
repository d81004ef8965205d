import {
  buildTemplateSendPayload,
  GraphApiError,
  WhatsAppClient,
  type TemplateSendInput,
} from "@kapso/whatsapp-cloud-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startSimulator, type Simulator } from "./start-simulator.ts";
import { testPhoneNumberId, phoneOf, wabaId } from "./testing/call-graph.ts";
import { startReceiver, type Receiver } from "./testing/start-receiver.ts";

// These tests check fidelity with an independent client of Meta's API.

const wait = { timeout: 10_000 };

let simulator: Simulator;
let receiver: Receiver;
let client: WhatsAppClient;

beforeAll(async () => {
  receiver = await startReceiver();
  simulator = await startSimulator({
    latencyMs: 0,
    webhookUrl: receiver.url,
    webhookDelayMs: 10,
    templateReviewMs: 20,
  });
  client = new WhatsAppClient({ baseUrl: simulator.url, accessToken: "simulator-token" });
});

afterAll(async () => {
  await simulator.close();
  await receiver.close();
});

const text = (value: string) => ({ type: "text" as const, text: value });

async function errorOf(call: Promise<unknown>): Promise<GraphApiError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof GraphApiError) return error;
  throw new Error("the call was expected to be refused");
}

function sendBare(name: string, sender = client) {
  return sender.messages.sendTemplate({
    phoneNumberId: testPhoneNumberId,
    to: phoneOf(4),
    template: { name, language: { code: "en_US" } },
  });
}

// The client's builder returns a type that differs slightly from the one its sender takes.
function build(input: TemplateSendInput) {
  const { name, language, components = [] } = buildTemplateSendPayload(input);
  return {
    name,
    language: { code: language.code },
    components: components.map((component) => ({ ...component })),
  };
}

test("a template built by the client is accepted and gets its statuses", async () => {
  const template = build({
    name: "spring_sale",
    language: "en_US",
    body: [text("Ann"), text("Rome")],
    buttons: [{ type: "button", subType: "url", index: 0, parameters: [text("8f3a")] }],
  });
  const sent = await client.messages.sendTemplate({
    phoneNumberId: testPhoneNumberId,
    to: phoneOf(1),
    template,
    bizOpaqueCallbackData: "r1",
  });
  expect(sent.contacts).toEqual([{ input: phoneOf(1), waId: phoneOf(1).slice(1) }]);
  const id = sent.messages[0]?.id;
  await expect
    .poll(() => receiver.statuses.filter((s) => s.id === id).map((s) => s.status), wait)
    .toEqual(expect.arrayContaining(["sent", "delivered"]));
});

test("named, quick-reply, and coupon parameters built by the client are accepted", async () => {
  const named = build({
    name: "order_update",
    language: "de",
    body: [
      { ...text("Ann"), parameterName: "first_name" },
      { ...text("7"), parameterName: "order_number" },
    ],
  });
  const replies = build({
    name: "feedback_request",
    language: "en_US",
    body: [text("Ann")],
    buttons: [
      {
        type: "button",
        subType: "quick_reply",
        index: 0,
        parameters: [{ type: "payload", payload: "very" }],
      },
    ],
  });
  const coupon = build({
    name: "coupon_code",
    language: "en_US",
    body: [text("Ann"), text("25%")],
    buttons: [
      {
        type: "button",
        subType: "copy_code",
        index: 1,
        parameters: [{ type: "coupon_code", coupon_code: "25OFF" }],
      },
    ],
  });
  for (const template of [named, replies, coupon]) {
    const sent = await client.messages.sendTemplate({
      phoneNumberId: testPhoneNumberId,
      to: phoneOf(2),
      template,
    });
    expect(sent.messages[0]?.id).toMatch(/^wamid\./);
  }
});

test("an image uploaded by the client can be sent as a template's header", async () => {
  const { id } = await client.media.upload({
    phoneNumberId: testPhoneNumberId,
    type: "image/jpeg",
    file: new Blob(["pixels"], { type: "image/jpeg" }),
    fileName: "new.jpg",
  });
  expect(await client.media.get({ mediaId: id })).toMatchObject({
    id,
    mimeType: "image/jpeg",
    messagingProduct: "whatsapp",
  });
  const template = build({
    name: "new_collection",
    language: "en_US",
    header: { type: "image", image: { id } },
    body: [text("Ann")],
  });
  const sent = await client.messages.sendTemplate({
    phoneNumberId: testPhoneNumberId,
    to: phoneOf(3),
    template,
  });
  expect(sent.messages).toHaveLength(1);
  const file = await client.media.download({ mediaId: id, as: "response" });
  expect(file instanceof Response && (await file.text())).toBe("pixels");
  expect(await client.media.delete({ mediaId: id })).toEqual({ success: true });
});

test("the client lists the templates page by page, creates one, and deletes it", async () => {
  const names: string[] = [];
  let after: string | undefined;
  do {
    const page = await client.templates.list({
      businessAccountId: wabaId,
      limit: 5,
      ...(after === undefined ? {} : { after }),
    });
    names.push(...page.data.map((template) => template.name));
    after = page.data.length === 5 ? (page.paging?.cursors?.after ?? undefined) : undefined;
  } while (after !== undefined);
  expect(names).toEqual(expect.arrayContaining(["spring_sale", "hello_world", "login_code"]));
  const created = await client.templates.create({
    businessAccountId: wabaId,
    name: "made_by_client",
    language: "en_US",
    category: "UTILITY",
    components: [{ type: "BODY", text: "Hello there." }],
  });
  expect(created).toMatchObject({ status: "PENDING", category: "UTILITY" });
  const deleted = await client.templates.delete({
    businessAccountId: wabaId,
    name: "made_by_client",
  });
  expect(deleted).toEqual({ success: true });
});

test("the client recognizes refusals by their codes", async () => {
  const unknown = await errorOf(sendBare("no_such_template"));
  expect([unknown.code, unknown.category]).toEqual([132001, "template"]);
  expect(unknown.details).toBe("template name (no_such_template) does not exist in en_US");
  const mismatch = await errorOf(sendBare("spring_sale"));
  expect([mismatch.code, mismatch.isTemplateError()]).toEqual([132000, true]);
  const stranger = new WhatsAppClient({ baseUrl: simulator.url, accessToken: "wrong" });
  const refused = await errorOf(sendBare("hello_world", stranger));
  expect([refused.httpStatus, refused.requiresTokenRefresh()]).toEqual([401, true]);
  simulator.addNumber({ phoneNumberId: testPhoneNumberId, messagesPerSecond: 1 });
  const attempts = [1, 2, 3].map(() => sendBare("hello_world"));
  const refusals = (await Promise.allSettled(attempts)).filter(
    (each) => each.status === "rejected",
  );
  const [limited] = refusals.map((each): unknown => each.reason);
  if (!(limited instanceof GraphApiError)) throw new Error("one had to be refused");
  expect([limited.code, limited.isRateLimit()]).toEqual([130429, true]);
});
