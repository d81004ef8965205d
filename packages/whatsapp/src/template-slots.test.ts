import { expect, test } from "vitest";
import { inventoryOf, templateSlots } from "./template-slots.ts";
import { carousel, named, oneTimeCode, promo, templateOf } from "./testing/templates.ts";

function brief(template: { components: unknown }) {
  return templateSlots(template).map(({ path, type, example }) => [path, type, example]);
}

test("lists each positional slot once, in the order of the numbers, with Meta's examples", () => {
  expect(brief(promo)).toEqual([
    ["header.1", "text", "Ann"],
    ["body.1", "text", "25%"],
    ["body.2", "text", "FALL25"],
    ["body.3", "text", "Friday"],
    ["buttons.0.1", "quick_reply_payload", null],
    ["buttons.2.1", "url_suffix", "https://shop.example/a"],
    ["buttons.3.1", "coupon_code", "FALL25"],
  ]);
  expect(templateSlots(promo).filter((slot) => slot.optional)).toHaveLength(1);
});

test("lists named slots in the order of the text, and reads enums in any case", () => {
  expect(brief(named)).toEqual([
    ["header.1", "image", "https://scontent.example/i"],
    ["body.first_name", "text", "Ann"],
    ["body.code", "text", "W20"],
  ]);
  expect(templateSlots(named).map((slot) => slot.named)).toEqual([false, true, true]);
});

test("lists a one-time code as one slot, as created and as returned", () => {
  const created = templateOf(
    { type: "BODY", add_security_recommendation: true },
    { type: "BUTTONS", buttons: [{ type: "OTP", otp_type: "COPY_CODE", text: "Copy" }] },
  );
  for (const template of [created, oneTimeCode]) {
    expect(templateSlots(template)).toMatchObject([{ path: "body.1", oneTimeCodeButtonIndex: 0 }]);
  }
});

test("lists a carousel's slots with their card", () => {
  expect(brief(carousel).map(([path]) => path)).toEqual([
    "body.1",
    "cards.0.header.1",
    "cards.0.body.1",
    "cards.0.buttons.0.1",
    "cards.0.buttons.1.1",
    "cards.1.header.1",
    "cards.1.body.1",
    "cards.1.buttons.0.1",
  ]);
});

test.each([
  ["header", { type: "HEADER", format: "PRODUCT" }],
  ["buttons.0", { type: "BUTTONS", buttons: [{ type: "MPM", text: "Go" }] }],
  ["buttons.1", { type: "BUTTONS", buttons: [{ type: "URL", url: "https://a" }, "nonsense"] }],
])("reports an unsupported part: %s", (path, component) => {
  expect(inventoryOf(templateOf(component)).unsupported).toMatchObject([
    { path, problem: "unsupported" },
  ]);
});

test("lists an offer's end and a flow token as slots, and each slot with Meta's limit", () => {
  const template = templateOf(
    { type: "HEADER", format: "IMAGE" },
    { type: "LIMITED_TIME_OFFER", limited_time_offer: { text: "Now", has_expiration: true } },
    { type: "BODY", text: "For you, {{1}}!" },
    { type: "BUTTONS", buttons: [{ type: "FLOW", text: "Go" }, { type: "COPY_CODE" }] },
  );
  const found = templateSlots(template).map(({ path, type, optional, limits }) => ({
    path,
    type,
    optional,
    most: limits.lengthMax ?? limits.bytesMax,
  }));
  expect(found).toEqual([
    { path: "header.1", type: "image", optional: false, most: 5 * 1024 * 1024 },
    { path: "offer.1", type: "expiration", optional: false, most: null },
    { path: "body.1", type: "text", optional: false, most: 1_024 - "For you, !".length },
    { path: "buttons.0.1", type: "flow_token", optional: true, most: 200 },
    { path: "buttons.1.1", type: "coupon_code", optional: false, most: 15 },
  ]);
});

test("finds no slots in unknown or missing components", () => {
  const odd = templateOf({ type: "SOMETHING_NEW", text: "{{1}}" }, null, { no: "type" });
  expect(inventoryOf(odd)).toEqual({ slots: [], unsupported: [] });
  expect(templateSlots({ components: null })).toEqual([]);
});
