import { expect, test } from "vitest";
import { mergeComponents } from "./merge-components.ts";

const nothing = {
  kind: "components" as const,
  header: null,
  body: null,
  footer: null,
  buttons: [],
};
const body = {
  type: "BODY",
  text: "Hello {{1}}",
  example: { body_text: [["Ada"]] },
};

test("replaces texts in place and inserts missing parts in Meta's order", () => {
  const stored = [body, { type: "BUTTONS", buttons: [{ type: "QUICK_REPLY", text: "Stop" }] }];
  const updated = { ...nothing, header: "News", body: "Hi {{1}}", footer: "Example" };
  expect(mergeComponents(stored, updated)).toEqual([
    { type: "HEADER", format: "TEXT", text: "News" },
    { type: "BODY", text: "Hi {{1}}", example: body.example },
    { type: "FOOTER", text: "Example" },
    stored[1],
  ]);
});

test("keeps all parts that the update doesn't have", () => {
  const stored = [
    { type: "header", format: "image", example: { header_handle: ["https://example.com/a"] } },
    body,
    { type: "LIMITED_TIME_OFFER", limited_time_offer: { text: "Soon over" } },
    7,
  ];
  expect(mergeComponents(stored, nothing)).toEqual(stored);
  expect(mergeComponents(stored, { ...nothing, header: "A text beside an image" })).toEqual(stored);
});

test("drops examples when the placeholders change", () => {
  expect(mergeComponents([body], { ...nothing, body: "{{1}} and {{2}}" })).toEqual([
    { type: "BODY", text: "{{1}} and {{2}}" },
  ]);
  const header = {
    type: "HEADER",
    format: "TEXT",
    text: "{{name}}",
    example: { header_text_named_params: [{ param_name: "name", example: "Ada" }] },
  };
  expect(mergeComponents([header], { ...nothing, header: "For {{name}}" })).toEqual([
    { ...header, text: "For {{name}}" },
  ]);
  expect(mergeComponents([header], { ...nothing, header: "For you" })).toEqual([
    { type: "HEADER", format: "TEXT", text: "For you" },
  ]);
});

test("replaces buttons of the updated types and keeps the positions of all others", () => {
  const reply = { type: "QUICK_REPLY", text: "Stop" };
  const code = { type: "COPY_CODE", example: "SAVE10" };
  const link = {
    type: "url",
    text: "Track",
    url: "https://example.com/{{1}}",
    example: ["https://example.com/42"],
  };
  const stored = [{ type: "BUTTONS", buttons: [reply, link, code] }];
  const updated = [
    { type: "URL", text: "Track it", url: "https://example.com/t/{{1}}" },
    { type: "PHONE_NUMBER", text: "Call", phone_number: "+15550100999" },
  ];
  expect(mergeComponents(stored, { ...nothing, buttons: updated })).toEqual([
    {
      type: "BUTTONS",
      buttons: [reply, { ...updated[0], example: link.example }, updated[1], code],
    },
  ]);
  const fixed = [{ type: "URL", text: "Track", url: "https://example.com/" }];
  expect(mergeComponents(stored, { ...nothing, buttons: fixed })).toEqual([
    { type: "BUTTONS", buttons: [reply, fixed[0], code] },
  ]);
});
