import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readInboundMessage } from "./inbound-message.ts";
import { readMessageStatus } from "./message-status.ts";
import { otherPartsOf } from "./other-parts.ts";
import {
  failed,
  inboundText,
  messages,
  phoneNumberId,
  post,
  sent,
  templatePaused,
  testWabaId,
} from "./testing/webhook-posts.ts";
import { readMarketingPreference, readUserIdUpdate } from "./user-news.ts";
import { parseWebhook } from "./webhook-payload.ts";

function changesOf(raw: unknown) {
  const changes = parseWebhook(raw);
  if (changes === null) throw new TypeError("not a webhook");
  return changes;
}

test("returns changes flat and in order, with their WABA, number and time", () => {
  const raw = {
    entry: [
      { id: testWabaId, time: 1_758_499_200, changes: [templatePaused] },
      { id: 7, changes: [inboundText, messages({ statuses: [sent] })] },
    ],
  };
  expect(changesOf(raw)).toEqual([
    {
      wabaId: testWabaId,
      phoneNumberId: null,
      ...templatePaused,
      happenedAt: new Date("2025-09-22T00:00:00Z"),
    },
    { wabaId: "7", phoneNumberId, ...inboundText, happenedAt: null },
    {
      wabaId: "7",
      phoneNumberId,
      ...messages({ statuses: [sent] }),
      happenedAt: null,
    },
  ]);
});

test("skips a malformed change or entry and reads the others", () => {
  const raw = {
    entry: [
      null,
      { id: testWabaId, changes: "none" },
      { changes: [7, { field: "messages", value: [] }, messages({ statuses: [sent] })] },
    ],
  };
  expect(changesOf(raw)).toMatchObject([{ wabaId: "", field: "messages" }]);
});

test("reads the field next to the changes or inside the value", () => {
  const raw = {
    entry: [
      { id: 1, field: "account_update", changes: [{ value: {} }] },
      { id: "2", changes: [{ value: { field: "security" } }] },
    ],
  };
  expect(changesOf(raw).map(({ wabaId, field }) => [wabaId, field])).toEqual([
    ["1", "account_update"],
    ["2", "security"],
  ]);
});

test("returns the id of the WABA shared with a partner, not the partner's", () => {
  const value = { event: "PARTNER_ADDED", waba_info: { waba_id: "98", owner_business_id: "23" } };
  const [change] = changesOf({
    entry: [{ id: "29", changes: [{ field: "account_update", value }] }],
  });
  expect(change?.wabaId).toBe("98");
});

test("returns only the parts of a change outside the known lists", () => {
  const others = changesOf(
    post(
      messages({ statuses: [sent], messages: [{ id: "wamid.IN" }] }),
      messages({ errors: [{ code: 130_429 }] }),
      messages({ statuses: { id: "no list" } }),
      messages({}),
    ),
  ).map((change) => otherPartsOf(change));
  expect(others).toEqual([
    null,
    { errors: [{ code: 130_429 }] },
    { statuses: { id: "no list" } },
    messages({}).value,
  ]);
});

test("requires only a message id and a status", () => {
  expect(readMessageStatus({ id: "w", status: "new" })).toEqual({
    wamid: "w",
    status: "new",
    timestamp: null,
  });
  for (const raw of [null, "w", [], { status: "sent" }, { id: "w" }, { id: "", status: "sent" }]) {
    expect(readMessageStatus(raw)).toBeNull();
  }
});

test("reads a status's time, callback data, price and failure", () => {
  expect(readMessageStatus(sent)).toEqual({
    wamid: "wamid.SENT",
    status: "sent",
    timestamp: new Date("2025-06-15T23:27:53Z"),
    callbackData: "r42",
    pricing: { billable: true, category: "marketing" },
  });
  expect(readMessageStatus(failed)).toEqual({
    wamid: "wamid.FAILED",
    status: "failed",
    timestamp: new Date("2025-06-28T20:34:48Z"),
    errorCode: 131_049,
    errorTitle: "Not delivered",
    errorDetails: "To maintain healthy ecosystem engagement",
  });
});

test("accepts numbers as strings, strings as numbers and parts of the wrong type", () => {
  expect(
    readMessageStatus({
      id: 7,
      status: "failed",
      timestamp: 1_750_030_073,
      biz_opaque_callback_data: 42,
      errors: [{ code: "131026", message: "Undeliverable", error_data: null }],
      pricing: { billable: "yes", category: "utility" },
    }),
  ).toEqual({
    wamid: "7",
    status: "failed",
    timestamp: new Date(1_750_030_073_000),
    callbackData: "42",
    errorCode: 131_026,
    errorTitle: "Undeliverable",
    pricing: { billable: null, category: "utility" },
  });
  expect(
    readMessageStatus({ id: "x", status: "read", timestamp: "soon", errors: "none", pricing: [] }),
  ).toEqual({ wamid: "x", status: "read", timestamp: null });
});

test("returns null for JSON that isn't a webhook, and never throws", () => {
  for (const raw of [undefined, null, [], "x", {}, { entry: {} }, { object: "page" }]) {
    expect(parseWebhook(raw)).toBeNull();
  }
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (value, other) => {
      const changes = parseWebhook({
        entry: [value, { changes: [value, { field: other, value }] }],
      });
      expect(changes).toBeInstanceOf(Array);
      for (const raw of [
        value,
        { id: "w", status: other, text: value, system: value, type: other },
      ]) {
        readMessageStatus(raw);
        readInboundMessage(raw, other);
        readMarketingPreference(raw, other);
        readUserIdUpdate(raw);
      }
    }),
  );
});

test("reads a status with arbitrary parts unless its id or status is unreadable", () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.constantFrom(...Object.keys(failed), "pricing"),
      (value, key) => {
        const read = readMessageStatus({ ...failed, [key]: value });
        const mayBeRefused = key === "id" || key === "status";
        expect(mayBeRefused || read?.wamid === "wamid.FAILED").toBe(true);
      },
    ),
  );
});
