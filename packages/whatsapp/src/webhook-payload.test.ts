import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  FAILED,
  INBOUND_TEXT,
  messages,
  PHONE_NUMBER_ID,
  post,
  SENT,
  TEMPLATE_PAUSED,
  WABA_ID,
} from "./fixtures/webhook-posts.ts";
import { otherChanges, parseWebhook, statusUpdates } from "./webhook-payload.ts";

function read(raw: unknown) {
  const payload = parseWebhook(raw);
  if (payload === null) throw new TypeError("not a webhook");
  return { statuses: statusUpdates(payload), others: otherChanges(payload) };
}

test("statuses come flat and in order, with whose they are", () => {
  const { statuses, others } = read(
    post(messages({ statuses: [SENT] }), messages({ statuses: [FAILED] })),
  );
  expect(statuses).toEqual([
    {
      wabaId: WABA_ID,
      phoneNumberId: PHONE_NUMBER_ID,
      wamid: "wamid.SENT",
      status: "sent",
      timestamp: new Date("2025-06-15T23:27:53Z"),
      recipientId: "15550002222",
      callbackData: "r42",
      pricing: { billable: true, model: "PMP", type: "regular", category: "marketing" },
    },
    {
      wabaId: WABA_ID,
      phoneNumberId: PHONE_NUMBER_ID,
      wamid: "wamid.FAILED",
      status: "failed",
      timestamp: new Date("2025-06-28T20:34:48Z"),
      recipientId: "15550003333",
      errorCode: 131049,
      errorTitle: "Not delivered",
      errorDetails: "To maintain healthy ecosystem engagement",
    },
  ]);
  expect(others).toEqual([]);
});

test("a status needs its message id and word only", () => {
  const { statuses } = read(
    post({ field: "messages", value: { statuses: [{ id: "w", status: "new" }] } }),
  );
  expect(statuses).toEqual([
    { wabaId: WABA_ID, phoneNumberId: null, wamid: "w", status: "new", timestamp: null },
  ]);
});

test("numbers as strings, strings as numbers and parts of the wrong kind are tolerated", () => {
  const { statuses } = read(
    post({
      field: "messages",
      value: {
        metadata: { phone_number_id: 106_540 },
        statuses: [
          {
            id: "w",
            status: "failed",
            timestamp: 1_750_030_073,
            recipient_id: 15_550_002_222,
            recipient_user_id: "US.134",
            errors: [{ code: "131026", message: "Undeliverable", error_data: null }],
            pricing: { billable: "yes", category: "utility" },
          },
          { id: "x", status: "read", timestamp: "soon", errors: "none", pricing: [] },
        ],
      },
    }),
  );
  expect(statuses).toEqual([
    {
      wabaId: WABA_ID,
      phoneNumberId: "106540",
      wamid: "w",
      status: "failed",
      timestamp: new Date(1_750_030_073_000),
      recipientId: "15550002222",
      recipientUserId: "US.134",
      errorCode: 131026,
      errorTitle: "Undeliverable",
      pricing: { billable: null, model: null, type: null, category: "utility" },
    },
    { wabaId: WABA_ID, phoneNumberId: "106540", wamid: "x", status: "read", timestamp: null },
  ]);
});

test("everything that is no status is kept as it came", () => {
  const { statuses, others } = read(post(TEMPLATE_PAUSED, INBOUND_TEXT, { value: { event: "X" } }));
  expect(statuses).toEqual([]);
  expect(others).toEqual([
    { wabaId: WABA_ID, phoneNumberId: null, ...TEMPLATE_PAUSED },
    { wabaId: WABA_ID, phoneNumberId: PHONE_NUMBER_ID, ...INBOUND_TEXT },
    { wabaId: WABA_ID, phoneNumberId: null, field: "", value: { event: "X" } },
  ]);
});

test("statuses of other fields are not a message's", () => {
  const calls = { field: "calls", value: { statuses: [{ id: "w", status: "RINGING" }] } };
  const { statuses, others } = read(post(calls));
  expect(statuses).toEqual([]);
  expect(others).toMatchObject([calls]);
});

test("one malformed status, change or entry doesn't hide the others, and is kept", () => {
  const broken = { status: "sent" };
  const raw = {
    entry: [
      null,
      { id: WABA_ID, changes: "none" },
      { changes: [7, messages({ statuses: [broken, SENT] })] },
    ],
  };
  const { statuses, others } = read(raw);
  expect(statuses).toMatchObject([{ wabaId: "", wamid: "wamid.SENT" }]);
  expect(others).toMatchObject([{ field: "messages", value: { statuses: [broken] } }]);
});

test("statuses and a message in one change are both found", () => {
  const { statuses, others } = read(
    post(messages({ statuses: [SENT], messages: [{ id: "wamid.IN" }] })),
  );
  expect(statuses).toHaveLength(1);
  expect(others).toMatchObject([{ value: { messages: [{ id: "wamid.IN" }] } }]);
  expect(others[0]?.value).not.toHaveProperty("statuses");
});

test("the field may stand beside the changes or inside the value", () => {
  const raw = {
    entry: [
      { id: 1, field: "account_update", changes: [{ value: {} }] },
      { id: "2", changes: [{ value: { field: "security" } }] },
    ],
  };
  expect(read(raw).others.map(({ wabaId, field }) => [wabaId, field])).toEqual([
    ["1", "account_update"],
    ["2", "security"],
  ]);
});

test("what is no webhook is null, and nothing at all throws", () => {
  for (const raw of [undefined, null, [], "x", {}, { entry: {} }, { object: "page" }]) {
    expect(parseWebhook(raw)).toBeNull();
  }
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const payload = parseWebhook({
        entry: [value, { changes: [value, { field: "messages", value }] }],
      });
      if (payload === null) return;
      statusUpdates(payload);
      otherChanges(payload);
    }),
  );
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.constantFrom(...Object.keys(FAILED), "pricing"),
      (value, key) => {
        const { statuses, others } = read(
          post(messages({ statuses: [{ ...FAILED, [key]: value }] })),
        );
        expect(statuses.length + others.length).toBe(1);
      },
    ),
  );
});
