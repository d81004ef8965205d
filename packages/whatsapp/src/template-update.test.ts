import { expect, test } from "vitest";
import { readTemplateUpdate } from "./template-update.ts";
import * as values from "./testing/update-values.ts";
import { withoutEachField } from "./testing/without-each-field.ts";

const subject = { metaTemplateId: "700123456789012", name: "parcel_update", language: "en-US" };

test("reads a status with its reason, if there is one", () => {
  expect(readTemplateUpdate("message_template_status_update", values.templateRejected)).toEqual({
    ...subject,
    news: { kind: "status", event: "REJECTED", reason: "INVALID_FORMAT" },
  });
  const paused = readTemplateUpdate("message_template_status_update", values.templatePaused);
  expect(paused?.news).toEqual({ kind: "status", event: "PAUSED", reason: null });
});

test("reads a quality score under any field", () => {
  for (const field of ["message_template_quality_update", "message_template_status_update"]) {
    expect(readTemplateUpdate(field, values.templateQuality)?.news).toEqual({
      kind: "quality",
      score: "YELLOW",
    });
  }
});

test("distinguishes an announced category from a changed one", () => {
  const field = "template_category_update";
  expect(readTemplateUpdate(field, values.categoryAnnounced)?.news).toEqual({
    kind: "announcement",
    category: "MARKETING",
    changesAt: new Date(1_780_000_000_000),
  });
  expect(readTemplateUpdate(field, values.categoryChanged)?.news).toEqual({
    kind: "category",
    category: "MARKETING",
  });
});

test("reads components with their buttons, and empty parts as null", () => {
  const field = "message_template_components_update";
  expect(readTemplateUpdate(field, values.components)?.news).toEqual({
    kind: "components",
    header: "Your parcel",
    body: "Hello {{1}}, it comes today.",
    footer: "Example Parcels",
    buttons: [
      { type: "URL", text: "Track", url: "https://example.com/{{1}}" },
      { type: "PHONE_NUMBER", text: "Call us", phone_number: "+15550100999" },
    ],
  });
  const emptied = {
    ...values.components,
    message_template_title: "",
    message_template_footer: null,
  };
  expect(readTemplateUpdate(field, emptied)?.news).toMatchObject({ header: null, footer: null });
});

test("accepts ids as strings, lower case and characters that PostgreSQL can't store", () => {
  const read = readTemplateUpdate("message_template_status_update", {
    message_template_id: "42",
    message_template_name: "a\0b\ud800",
    event: " rejected",
    reason: "none",
  });
  expect(read).toEqual({
    metaTemplateId: "42",
    name: "a\ufffdb\ufffd",
    language: null,
    news: { kind: "status", event: "REJECTED", reason: null },
  });
});

test("returns null if the value holds no update of a template", () => {
  for (const value of [{}, { message_template_id: 1 }, { event: null }, { event: {} }]) {
    expect(readTemplateUpdate("message_template_status_update", value)).toBeNull();
  }
});

test("doesn't throw on missing or mistyped fields", () => {
  for (const value of Object.values(values).flatMap(withoutEachField)) {
    for (const field of ["message_template_status_update", "message_template_components_update"]) {
      expect(() => readTemplateUpdate(field, value)).not.toThrow();
    }
  }
});
