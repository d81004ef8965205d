import { expect, test } from "vitest";
import type { Template } from "../../../api/types.ts";
import { draftOfTemplate } from "./from-template.ts";
import { templateName } from "./limits.ts";
import { placeErrors } from "./place-errors.ts";
import { newButton, newCard, newDraft, nextVariable } from "./template-draft.ts";
import { toComponents } from "./to-components.ts";

const template: Template = {
  id: "1",
  wabaId: "2",
  metaTemplateId: "3",
  name: "t",
  language: "en_US",
  category: "MARKETING",
  status: "APPROVED",
  parameterFormat: "POSITIONAL",
  qualityScore: null,
  rejectedReason: null,
  announcedCategory: null,
  categoryChangesAt: null,
  components: [],
  slots: [],
  unsupported: [],
  removedAt: null,
  syncedAt: "2026-11-01T00:00:00Z",
  createdAt: "2026-11-01T00:00:00Z",
  updatedAt: "2026-11-01T00:00:00Z",
};

test("a template is unchanged after conversion to a draft and back", () => {
  const components = [
    {
      type: "LIMITED_TIME_OFFER",
      limited_time_offer: { text: "Ends soon", has_expiration: true },
    },
    { type: "HEADER", format: "IMAGE", example: { header_handle: ["4::abc"] } },
    { type: "BODY", text: "Hi {{1}}, {{2}} off", example: { body_text: [["Ann", "10%"]] } },
    {
      type: "BUTTONS",
      buttons: [
        { type: "COPY_CODE", example: "SAVE10" },
        {
          type: "URL",
          text: "Shop",
          url: "https://a.example/{{1}}",
          example: ["https://a.example/x"],
        },
        { type: "FLOW", text: "Book", flow_id: "1" },
      ],
    },
  ];
  const draft = draftOfTemplate({ ...template, components });
  expect(draft.kind).toBe("offer");
  expect(toComponents(draft)).toEqual(components);
});

test("named variables keep their names with their samples", () => {
  const draft = { ...newDraft("p", "en"), parameterFormat: "NAMED" as const };
  const components = toComponents({
    ...draft,
    header: { ...draft.header, format: "TEXT", text: "Hi {{who}}", example: "Ann" },
    body: { text: "Your {{thing}} is here", examples: { thing: "parcel" } },
  });
  expect(components).toEqual([
    {
      type: "HEADER",
      format: "TEXT",
      text: "Hi {{who}}",
      example: { header_text_named_params: [{ param_name: "who", example: "Ann" }] },
    },
    {
      type: "BODY",
      text: "Your {{thing}} is here",
      example: { body_text_named_params: [{ param_name: "thing", example: "parcel" }] },
    },
  ]);
});

test("placeErrors assigns the API's errors to their parts, in cards too", () => {
  const draft = newDraft("p", "en");
  const plain = toComponents({ ...draft, footer: "x", buttons: [newButton("URL")] });
  expect(
    placeErrors(
      {
        name: "is taken",
        "components.0.text": "is required",
        "components.2.buttons.0.url": "must be an address",
      },
      plain,
    ),
  ).toEqual({ name: "is taken", body: "is required", buttons: "must be an address" });
  const carousel = toComponents({ ...draft, kind: "carousel", cards: [newCard(), newCard()] });
  expect(
    placeErrors({ "components.1.cards.1.components.1.text": "is required" }, carousel),
  ).toEqual({ "cards.1.body": "is required" });
});

test("templateName converts typed text to a name that Meta accepts", () => {
  expect(templateName("Früh-lings Sale 2027!")).toBe("fruh_lings_sale_2027");
});

test("nextVariable returns a name that the text doesn't use yet", () => {
  expect(nextVariable("Hi {{1}}", "POSITIONAL")).toBe("2");
  expect(nextVariable("Hi {{first_name}}", "NAMED")).toBe("city");
});
