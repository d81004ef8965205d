import { expect, test } from "vitest";
import { checkTemplate, type TemplateDraft } from "./check-template.ts";

const body = { type: "BODY", text: "Hello {{1}}, welcome.", example: { body_text: [["Ann"]] } };

function pathsOf(
  components: unknown[],
  { category = "MARKETING", parameterFormat = "POSITIONAL" }: Partial<TemplateDraft> = {},
): string[] {
  return checkTemplate({ category, parameterFormat, components }).map(({ path }) => path);
}

const bodyOf = (text: string, example: string[] = ["a", "b"]) => [
  { type: "BODY", text, example: { body_text: [example] } },
];

test.each([
  [
    "texts, buttons and a footer",
    [
      { type: "HEADER", format: "TEXT", text: "Hi {{1}}", example: { header_text: ["Ann"] } },
      body,
      { type: "FOOTER", text: "Reply STOP" },
      {
        type: "BUTTONS",
        buttons: [
          { type: "QUICK_REPLY", text: "Yes" },
          {
            type: "URL",
            text: "Shop",
            url: "https://a.example/{{1}}",
            example: ["https://a.example/x"],
          },
          { type: "PHONE_NUMBER", text: "Call", phone_number: "+15550001111" },
          { type: "COPY_CODE", example: "SAVE" },
        ],
      },
    ],
  ],
  [
    "an image, an offer, types in any case",
    [
      { type: "header", format: "image", example: { header_handle: ["4::aW"] } },
      {
        type: "limited_time_offer",
        limited_time_offer: { text: "Expiring", has_expiration: true },
      },
      body,
    ],
  ],
  ["a location", [{ type: "HEADER", format: "LOCATION" }, body]],
])("accepts a template with %s", (_what, components) => {
  expect(pathsOf(components)).toEqual([]);
});

test("accepts named variables and an authentication template with a one-time code", () => {
  const named = {
    type: "BODY",
    text: "Hello {{first_name}}, welcome.",
    example: { body_text_named_params: [{ param_name: "first_name", example: "Ann" }] },
  };
  expect(pathsOf([named], { parameterFormat: "NAMED" })).toEqual([]);
  const code = [
    { type: "BODY", add_security_recommendation: true },
    { type: "FOOTER", code_expiration_minutes: 10 },
    { type: "BUTTONS", buttons: [{ type: "OTP", otp_type: "COPY_CODE" }] },
  ];
  expect(pathsOf(code, { category: "AUTHENTICATION" })).toEqual([]);
  expect(pathsOf([body], { category: "AUTHENTICATION" })).toEqual(["components"]);
});

test.each([
  ["{{1}} is here", "components.0.text"],
  ["Hello {{1}}!", "components.0.text"],
  ["Hi {{1}} {{2}} there", "components.0.text"],
  ["Hi {{2}} and {{3}} there", "components.0.text"],
  ["Hi {{name}} there", "components.0.text"],
  ["", "components.0.text"],
  ["x".repeat(1_025), "components.0.text"],
])("reports a body that Meta refuses: %.20s", (text, path) => {
  expect(pathsOf(bodyOf(text))).toContain(path);
});

test("reports all problems at once, each with its path", () => {
  const paths = pathsOf([
    { type: "HEADER", format: "IMAGE" },
    { type: "BODY", text: "Hello {{1}} there" },
    { type: "FOOTER", text: "Bye {{1}}" },
    { type: "FOOTER", text: "x".repeat(61) },
    { type: "SOMETHING", text: "?" },
    {
      type: "BUTTONS",
      buttons: [
        { type: "QUICK_REPLY", text: "x".repeat(26) },
        { type: "URL", text: "A", url: "ftp://a" },
        { type: "QUICK_REPLY", text: "No" },
        { type: "URL", text: "B", url: "https://a.example/{{1}}/b" },
        { type: "URL", text: "C", url: "https://a.example/{{1}}" },
        { type: "PHONE_NUMBER", text: "Call", phone_number: "abc" },
        { type: "ODD", text: "?" },
      ],
    },
  ]);
  expect(new Set(paths)).toEqual(
    new Set([
      "components.0.example.header_handle",
      "components.1.example.body_text",
      "components.2.text",
      "components.3.type",
      "components.3.text",
      "components.4.type",
      "components.5.buttons",
      "components.5.buttons.0.text",
      "components.5.buttons.1.url",
      "components.5.buttons.3.url",
      "components.5.buttons.4.example",
      "components.5.buttons.5.phone_number",
      "components.5.buttons.6.type",
    ]),
  );
  expect(pathsOf([{ type: "FOOTER", text: "Bye" }])).toEqual(["components"]);
  expect(pathsOf([body, "nonsense"])).toEqual(["components"]);
});

const card = (components: unknown[]) => ({ components });
const carousel = (...cards: unknown[]) => [body, { type: "CAROUSEL", cards }];

test("requires two or more carousel cards of the same form, each with an image", () => {
  const image = { type: "HEADER", format: "IMAGE", example: { header_handle: ["4::aW"] } };
  const buttons = { type: "BUTTONS", buttons: [{ type: "QUICK_REPLY", text: "More" }] };
  const text = { type: "BODY", text: "Nice" };
  expect(pathsOf(carousel(card([image, text, buttons]), card([image, text, buttons])))).toEqual([]);
  expect(pathsOf(carousel(card([image, text])))).toEqual(["components.1.cards"]);
  expect(pathsOf(carousel(card([image, text, buttons]), card([text])))).toEqual([
    "components.1.cards.1",
    "components.1.cards.1",
  ]);
});
