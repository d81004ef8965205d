import { describe, expect, test } from "vitest";
import { GraphFailure } from "../graph/graph-error.ts";
import { TemplateStore } from "./template-store.ts";

const store = new TemplateStore("1");

/** Returns the refusal for sending these components, or undefined if they are correct. */
function refusalOf(name: string, components: unknown, language = "en_US") {
  const template = store.find(name, language);
  if (template === undefined) throw new Error(`no template ${name}`);
  try {
    store.compiled(template)(components, (id) => id === "77");
    return undefined;
  } catch (error) {
    if (error instanceof GraphFailure) return error.answer;
    throw error;
  }
}

/** Returns the code for sending these components, or 0 if they are correct. */
function check(name: string, components: unknown, language = "en_US"): number {
  return refusalOf(name, components, language)?.code ?? 0;
}

function detailsOf(name: string, components: unknown): string | undefined {
  return refusalOf(name, components)?.details;
}

const text = (value: unknown, name?: string) => ({
  type: "text",
  text: value,
  ...(name === undefined ? {} : { parameter_name: name }),
});
const body = (...parameters: unknown[]) => ({ type: "body", parameters });
const header = (...parameters: unknown[]) => ({ type: "header", parameters });
const button = (subType: string, index: number | string, parameter?: unknown) => ({
  type: "button",
  sub_type: subType,
  index,
  parameters: parameter === undefined ? [] : [parameter],
});
const image = header({ type: "image", image: { id: "77" } });

describe("a template with correct components", () => {
  test.for<[string, unknown]>([
    ["hello_world", undefined],
    ["hello_world", []],
    ["spring_sale", [body(text("Ann"), text("Rome")), button("url", "0", text("8f3a"))]],
    ["spring_sale", [button("URL", 0, text("8f3a")), body(text("Ann"), text("Rome"))]],
    ["order_update", [body(text("7", "order_number"), text("Ann", "first_name"))]],
    ["delivery_window", [body(text("Ann"), text("Monday"), text("9"), text("11"))]],
    ["appointment_reminder", [header(text("Rome")), body(text("A"), text("B"), text("C"))]],
    ["new_collection", [image, body(text("Ann"))]],
    [
      "product_video",
      [header({ type: "video", video: { link: "https://x.example/v.mp4" } }), body(text("Ann"))],
    ],
    [
      "store_opening",
      [
        header({ type: "location", location: { latitude: "52.5", longitude: 13.4, name: "Shop" } }),
        body(text("Ann"), text("Monday")),
      ],
    ],
    ["feedback_request", [body(text("Ann"))]],
    [
      "feedback_request",
      [body(text("Ann")), button("quick_reply", 2, { type: "payload", payload: "stop" })],
    ],
    [
      "coupon_code",
      [
        body(text("Ann"), text("25%")),
        button("copy_code", 1, { type: "coupon_code", coupon_code: "25OFF" }),
      ],
    ],
    ["login_code", [body(text("123456")), button("url", "0", text("123456"))]],
    ["limited_offer", limitedOffer()],
    ["summer_carousel", carousel(3)],
  ])("is accepted: %s, case %#", ([name, components]) => {
    expect(check(name, components)).toBe(0);
  });
});

describe("a template with wrong components", () => {
  test.for<[number, string, string, unknown]>([
    [132000, "too few parameters", "spring_sale", [body(text("Ann"))]],
    [132000, "too many parameters", "hello_world", [body(text("Ann"))]],
    [132000, "no header text", "appointment_reminder", [body(text("A"), text("B"), text("C"))]],
    [131008, "no URL variable", "spring_sale", [body(text("Ann"), text("Rome"))]],
    [131008, "an empty text", "spring_sale", [body(text(""), text("Rome"))]],
    [131008, "no coupon code", "coupon_code", [body(text("Ann"), text("25%"))]],
    [131008, "no expiration", "limited_offer", limitedOffer({})],
    [100, "a text that is a number", "spring_sale", [body(text(5), text("Rome"))]],
    [100, "components that aren't a list", "spring_sale", { body: [] }],
    [100, "an unknown component", "spring_sale", [{ type: "footer" }]],
    [100, "a named parameter without name", "order_update", [body(text("Ann"), text("7"))]],
    [
      132012,
      "an unknown parameter name",
      "order_update",
      [body(text("Ann", "first_name"), text("7", "number"))],
    ],
    [
      132012,
      "a parameter name twice",
      "order_update",
      [body(text("Ann", "first_name"), text("7", "first_name"))],
    ],
    [
      132012,
      "a parameter name for a positional template",
      "new_collection",
      [image, body(text("Ann", "name"))],
    ],
    [132012, "no media header", "new_collection", [body(text("Ann"))]],
    [
      132012,
      "a header of another format",
      "new_collection",
      [header({ type: "video", video: { id: "77" } }), body(text("Ann"))],
    ],
    [132012, "a text for a media header", "new_collection", [header(text("x")), body(text("A"))]],
    [
      131009,
      "media that wasn't uploaded",
      "new_collection",
      [header({ type: "image", image: { id: "78" } }), body(text("Ann"))],
    ],
    [
      131009,
      "a link that isn't a URL",
      "new_collection",
      [header({ type: "image", image: { link: "x.jpg" } }), body(text("Ann"))],
    ],
    [
      131008,
      "a location without longitude",
      "store_opening",
      [header({ type: "location", location: { latitude: 1 } }), body(text("A"), text("B"))],
    ],
    [
      132012,
      "a button of another type",
      "coupon_code",
      [body(text("A"), text("B")), button("url", 1)],
    ],
    [
      131009,
      "a button that the template doesn't have",
      "coupon_code",
      [body(text("A"), text("B")), button("url", 2)],
    ],
    [
      131009,
      "a coupon code of 16 characters",
      "coupon_code",
      [
        body(text("A"), text("B")),
        button("copy_code", 1, { type: "coupon_code", coupon_code: "1234567890123456" }),
      ],
    ],
    [
      132018,
      "a parameter for a fixed URL",
      "new_collection",
      [image, body(text("Ann")), button("url", 0, text("x"))],
    ],
    [132018, "a new line", "spring_sale", [body(text("An\nn"), text("Rome"))]],
    [132018, "a tab", "spring_sale", [body(text("An\tn"), text("Rome"))]],
    [132018, "five spaces", "spring_sale", [body(text("An     n"), text("Rome"))]],
    [
      132005,
      "a body over 1,024 characters",
      "spring_sale",
      [body(text("x".repeat(1000)), text("Rome"))],
    ],
    [
      132005,
      "a header over 60 characters",
      "appointment_reminder",
      [header(text("x".repeat(50))), body(text("A"), text("B"), text("C"))],
    ],
    [132012, "too few cards", "summer_carousel", carousel(2)],
    [132000, "a card without its body", "summer_carousel", carousel(3, [])],
  ])("is refused with %i for %s", ([code, , name, components]) => {
    expect(check(name, components)).toBe(code);
  });
});

test("a text is accepted at its length limit and refused above it", () => {
  const fixed = "Hello , our spring sale has come to : 20% off everything until Sunday.".length;
  expect(check("spring_sale", springSaleOf(1024 - fixed - 1))).toBe(0);
  expect(check("spring_sale", springSaleOf(1024 - fixed))).toBe(132005);
});

test("a refusal's details name the offender in Meta's words", () => {
  expect(detailsOf("spring_sale", [body(text("Ann"))])).toBe(
    "body: number of localizable_params (1) does not match the expected number of params (2)",
  );
  expect(detailsOf("new_collection", [body(text("Ann"))])).toBe(
    "header: Format mismatch, expected IMAGE, received UNKNOWN",
  );
  expect(detailsOf("spring_sale", [body(text("Ann"), text("Rome"))])).toBe(
    "buttons: Button at index 0 of type Url requires a parameter",
  );
});

function springSaleOf(length: number): unknown[] {
  return [body(text("x".repeat(length)), text("y")), button("url", 0, text("z"))];
}

function limitedOffer(offer: unknown = { expiration_time_ms: 1_900_000_000_000 }): unknown[] {
  return [
    image,
    body(text("Ann"), text("CARIBE25")),
    {
      type: "limited_time_offer",
      parameters: [{ type: "limited_time_offer", limited_time_offer: offer }],
    },
    button("copy_code", 0, { type: "coupon_code", coupon_code: "CARIBE25" }),
    button("url", 1, text("n3mtql")),
  ];
}

function carousel(count: number, cardBody: unknown[] = [text("10%")]): unknown[] {
  const cards = Array.from({ length: count }, (_, index) => ({
    card_index: index,
    components: [
      image,
      { type: "body", parameters: cardBody },
      button("quick_reply", "0", { type: "payload", payload: `more-${index}` }),
      button("url", "1", text("blue-elf")),
    ],
  }));
  return [body(text("Ann")), { type: "carousel", cards }];
}
