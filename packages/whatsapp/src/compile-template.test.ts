import * as fc from "fast-check";
import { expect, test } from "vitest";
import { compileTemplate } from "./compile-template.ts";
import { sanitizeText } from "./sanitize-value.ts";
import type { SendableTemplate } from "./template-slots.ts";
import { TemplateVariablesError, type TemplateVariables } from "./template-variables.ts";
import { carousel, named, oneTimeCode, promo, templateOf } from "./testing/templates.ts";

const name = { source: "field", field: "name", fallback: "friend" } as const;
const code = { source: "field", field: "attributes.code" } as const;
const text = (value: string) => ({ source: "text", value }) as const;
const image = { source: "media", link: "https://cdn.example/i.jpg" } as const;

function render(
  template: SendableTemplate,
  variables: TemplateVariables,
  values: (string | null)[] = [],
): { template: { components?: unknown } } {
  const compiled = compileTemplate(template, variables);
  return JSON.parse(compiled.render({ to: "+15550001111", values, callbackData: "r42" }));
}

const componentsOf = (...args: Parameters<typeof render>) => render(...args).template.components;

function problemsOf(template: SendableTemplate, variables: TemplateVariables) {
  try {
    compileTemplate(template, variables);
  } catch (error) {
    if (error instanceof TemplateVariablesError) {
      return error.problems.map(({ path, problem }) => `${path} ${problem}`).toSorted();
    }
    throw error;
  }
  return [];
}

const promoVariables: TemplateVariables = {
  header: { 1: name },
  body: { 1: text("25%"), 2: code, 3: name },
  buttons: { 2: { 1: code }, 3: { 1: code } },
};

test("renders a complete message with parameters by number and buttons by index", () => {
  expect(render(promo, promoVariables, ["Ann", "FALL 25"])).toEqual({
    messaging_product: "whatsapp",
    recipient_type: "individual",
    to: "+15550001111",
    type: "template",
    template: {
      name: "t_1",
      language: { code: "en_US" },
      components: [
        { type: "header", parameters: [{ type: "text", text: "Ann" }] },
        {
          type: "body",
          parameters: [
            { type: "text", text: "25%" },
            { type: "text", text: "FALL 25" },
            { type: "text", text: "Ann" },
          ],
        },
        {
          type: "button",
          sub_type: "url",
          index: "2",
          parameters: [{ type: "text", text: "FALL%2025" }],
        },
        {
          type: "button",
          sub_type: "copy_code",
          index: "3",
          parameters: [{ type: "coupon_code", coupon_code: "FALL 25" }],
        },
      ],
    },
    biz_opaque_callback_data: "r42",
  });
});

test("lists each pair of field and fallback once, in the order of the slots", () => {
  const other = { ...name, fallback: "you" };
  const variables = { ...promoVariables, body: { 1: other, 2: code, 3: name } };
  expect(compileTemplate(promo, variables).fields).toEqual([
    { field: "name", fallback: "friend" },
    { field: "name", fallback: "you" },
    { field: "attributes.code", fallback: null },
  ]);
});

test("adds a missing + to the phone number", () => {
  const compiled = compileTemplate(templateOf({ type: "BODY", text: "Hi" }), {});
  const json = compiled.render({ to: "15550001111", values: [], callbackData: "r" });
  expect(JSON.parse(json)).toMatchObject({ to: "+15550001111" });
});

test("sends no components without variables, and a quick reply's payload only if mapped", () => {
  const template = templateOf(
    { type: "BODY", text: "Hi" },
    { type: "BUTTONS", buttons: [{ type: "QUICK_REPLY", text: "Yes" }] },
  );
  expect(componentsOf(template, {})).toBeUndefined();
  expect(componentsOf(template, { buttons: { 0: { 1: text("yes-please") } } })).toEqual([
    {
      type: "button",
      sub_type: "quick_reply",
      index: "0",
      parameters: [{ type: "payload", payload: "yes-please" }],
    },
  ]);
});

test("sends named parameters with their names", () => {
  const variables: TemplateVariables = {
    header: { 1: { source: "media", mediaId: "77", filename: "no name for images" } },
    body: { first_name: name, code: text("W20") },
  };
  expect(componentsOf(named, variables, ["Ann"])).toEqual([
    { type: "header", parameters: [{ type: "image", image: { id: "77" } }] },
    {
      type: "body",
      parameters: [
        { type: "text", parameter_name: "first_name", text: "Ann" },
        { type: "text", parameter_name: "code", text: "W20" },
      ],
    },
  ]);
});

test.each([
  [
    "VIDEO",
    { source: "media", link: "https://a.example/v.mp4" },
    { link: "https://a.example/v.mp4" },
  ],
  [
    "DOCUMENT",
    { source: "media", mediaId: "5", filename: "Bill\n1.pdf" },
    { id: "5", filename: "Bill 1.pdf" },
  ],
  [
    "LOCATION",
    { source: "location", latitude: 37.48, longitude: -122.14, name: "HQ", address: "1 Way" },
    { latitude: "37.48", longitude: "-122.14", name: "HQ", address: "1 Way" },
  ],
] as const)("sends a %s header", (format, value, expected) => {
  const type = format.toLowerCase();
  expect(componentsOf(templateOf({ type: "HEADER", format }), { header: { 1: value } })).toEqual([
    { type: "header", parameters: [{ type, [type]: expected }] },
  ]);
});

test("sends a one-time code twice, letter for letter", () => {
  const sent = componentsOf(oneTimeCode, { body: { 1: code } }, ["J$ pn/%"]);
  expect(sent).toEqual([
    { type: "body", parameters: [{ type: "text", text: "J$ pn/%" }] },
    {
      type: "button",
      sub_type: "url",
      index: "0",
      parameters: [{ type: "text", text: "J$ pn/%" }],
    },
  ]);
  expect(
    componentsOf(oneTimeCode, { body: { 1: code }, buttons: { 0: { 1: code } } }, ["J$ pn/%"]),
  ).toEqual(sent);
});

test("sends every carousel card with its index", () => {
  const variables: TemplateVariables = {
    body: { 1: name },
    cards: [
      { header: { 1: image }, body: { 1: text("3") }, buttons: { 1: { 1: text("x y") } } },
      { header: { 1: image }, body: { 1: name } },
    ],
  };
  expect(componentsOf(carousel, variables, ["Ann"])).toMatchObject([
    { type: "body", parameters: [{ text: "Ann" }] },
    {
      type: "carousel",
      cards: [
        {
          card_index: 0,
          components: [
            { type: "header", parameters: [{ image: { link: image.link } }] },
            { type: "body", parameters: [{ text: "3" }] },
            { sub_type: "url", index: "1", parameters: [{ text: "x%20y" }] },
          ],
        },
        { card_index: 1, components: [{ type: "header" }, { parameters: [{ text: "Ann" }] }] },
      ],
    },
  ]);
});

test("reports all problems at once", () => {
  const variables: TemplateVariables = {
    header: { 1: image, constructor: name },
    body: { 1: text(" \n "), 2: { source: "field", field: "password" }, 9: name },
    buttons: { 0: {}, 2: { 1: { source: "location", latitude: 1, longitude: 1 } }, 7: { 1: name } },
    cards: [{ body: { 1: name } }],
  };
  expect(problemsOf(promo, variables)).toEqual([
    "body.1 empty",
    "body.2 unknown_field",
    "body.3 missing",
    "body.9 unknown",
    "buttons.2.1 wrong_type",
    "buttons.3.1 missing",
    "buttons.7.1 unknown",
    "cards.0.body.1 unknown",
    "header.1 wrong_type",
    "header.constructor unknown",
  ]);
});

test.each([
  [{ source: "media" }, "wrong_type"],
  [{ source: "media", link: "https://a", mediaId: "1" }, "wrong_type"],
  [{ source: "media", link: "javascript:alert(1)" }, "wrong_type"],
  [{ source: "media", link: "/i.jpg" }, "wrong_type"],
  [{ source: "media", mediaId: "" }, "empty"],
  [{ source: "text", value: "https://a" }, "wrong_type"],
] as const)("refuses a media header from %j", (value, problem) => {
  const template = templateOf({ type: "HEADER", format: "IMAGE" });
  expect(problemsOf(template, { header: { 1: value } })).toEqual([`header.1 ${problem}`]);
});

test("refuses a location outside the valid coordinates", () => {
  const template = templateOf({ type: "HEADER", format: "LOCATION" });
  const place = { source: "location", latitude: 91, longitude: Number.NaN } as const;
  expect(problemsOf(template, { header: { 1: place } })).toEqual(["header.1 wrong_type"]);
});

test("reports an unsupported part together with the other problems", () => {
  const template = templateOf(
    { type: "BODY", text: "{{1}}" },
    { type: "BUTTONS", buttons: [{ type: "MPM", text: "View" }] },
  );
  expect(problemsOf(template, {})).toEqual(["body.1 missing", "buttons.0 unsupported"]);
});

test("renders JSON with exactly the sanitized values for any input", () => {
  const anyText = fc.string({ unit: "binary", maxLength: 60 });
  const lone = fc.constantFrom("\ud800", "a\udfffb", '"\\', "\u0000\u001f", "a    b", "{{1}}");
  const value = fc.oneof(anyText, lone);
  fc.assert(
    fc.property(value, value, value, (first, second, callbackData) => {
      const compiled = compileTemplate(promo, promoVariables);
      const json = compiled.render({ to: "+15550001111", values: [first, second], callbackData });
      const components = [
        { parameters: [{ text: sanitizeText(first) }] },
        {
          parameters: [
            { text: "25%" },
            { text: sanitizeText(second) },
            { text: sanitizeText(first) },
          ],
        },
        { parameters: [{ text: expect.stringMatching(/^[\u0021-\u007e]*$/) }] },
        { parameters: [{ coupon_code: sanitizeText(second) }] },
      ];
      expect(JSON.parse(json)).toMatchObject({
        template: { components },
        biz_opaque_callback_data: callbackData,
      });
    }),
    { numRuns: 500 },
  );
});

test("renders any fixed text as its sanitized value", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1 }), (value) => {
      fc.pre(sanitizeText(value) !== "");
      const template = templateOf({ type: "BODY", text: "Hi {{1}}" });
      expect(componentsOf(template, { body: { 1: text(value) } })).toEqual([
        { type: "body", parameters: [{ type: "text", text: sanitizeText(value) }] },
      ]);
    }),
  );
});

const flow = (token: string) => ({
  type: "button",
  sub_type: "flow",
  index: "0",
  parameters: [{ type: "action", action: { flow_token: token } }],
});

test("sends an offer's end in milliseconds, and a flow button even without a token", () => {
  const template = templateOf(
    { type: "LIMITED_TIME_OFFER", limited_time_offer: { text: "Now", has_expiration: true } },
    { type: "BODY", text: "Hello" },
    { type: "BUTTONS", buttons: [{ type: "FLOW", text: "Go" }] },
  );
  const offer = { 1: text("2027-01-31T18:00:00+01:00") };
  const end = {
    type: "limited_time_offer",
    parameters: [
      {
        type: "limited_time_offer",
        limited_time_offer: { expiration_time_ms: Date.parse("2027-01-31T17:00:00Z") },
      },
    ],
  };
  expect(componentsOf(template, { offer })).toEqual([end, flow("unused")]);
  const buttons = { 0: { 1: name } };
  expect(componentsOf(template, { offer, buttons }, ["Ann"])).toEqual([end, flow("Ann")]);
  expect(problemsOf(template, { offer: { 1: text("tomorrow") } })).toEqual(["offer.1 wrong_type"]);
  expect(problemsOf(template, { offer: { 1: name } })).toEqual(["offer.1 wrong_type"]);
  expect(problemsOf(template, {})).toEqual(["offer.1 missing"]);
});

test("reports a text that is too long for its slot", () => {
  const variables = {
    ...promoVariables,
    buttons: { 2: { 1: code }, 3: { 1: text("x".repeat(16)) } },
  };
  expect(problemsOf(promo, variables)).toEqual(["buttons.3.1 too_long"]);
});
