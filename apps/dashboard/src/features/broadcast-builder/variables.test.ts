import { expect, test } from "vitest";
import type { TemplateSlot } from "../../api/types.ts";
import { firstOpenStep, isReachable, stepOfProblem } from "./steps.ts";
import { keepSlots, valueAt, withGuesses, withValue } from "./variables.ts";

function slot(path: string, changes: Partial<TemplateSlot> = {}): TemplateSlot {
  return {
    path,
    component: "body",
    key: path.split(".").at(-1) ?? "",
    type: "text",
    optional: false,
    buttonIndex: null,
    cardIndex: null,
    example: null,
    limits: { lengthMax: null, bytesMax: null, mimeTypes: null },
    ...changes,
  };
}

const text = (value: string) => ({ source: "text" as const, value });

test("withValue sets and removes a value at its path, in cards too, and changes nothing else", () => {
  const one = withValue({}, "body.1", text("a"));
  const two = withValue(one, "cards.1.buttons.0.1", text("b"));
  expect(two).toEqual({
    body: { 1: text("a") },
    cards: [{}, { buttons: { 0: { 1: text("b") } } }],
  });
  expect(one).toEqual({ body: { 1: text("a") } });
  expect(valueAt(two, "cards.1.buttons.0.1")).toEqual(text("b"));
  expect(valueAt(two, "cards.0.buttons.0.1")).toBeNull();
  expect(withValue(two, "body.1", null).body).toEqual({});
});

test("keepSlots drops values that the template has no slot for", () => {
  const variables = { body: { 1: text("a"), 2: text("b") }, header: { 1: text("c") } };
  expect(keepSlots(variables, [slot("body.1")])).toEqual({ body: { 1: text("a") } });
});

test("withGuesses fills slots named after a contact field and leaves numbered slots empty", () => {
  const slots = [slot("body.first_name"), slot("body.last_order"), slot("body.1")];
  expect(withGuesses({}, slots, ["City", "Last Order"])).toEqual({
    body: {
      first_name: { source: "field", field: "name" },
      last_order: { source: "field", field: "attributes.Last Order" },
    },
  });
});

test("a step opens only when all steps before it are complete", () => {
  const draft = { providerId: "p", segmentCriteria: null, templateId: null };
  expect(firstOpenStep(draft)).toBe("audience");
  expect(isReachable("content", draft)).toBe(false);
  expect(isReachable("setup", draft)).toBe(true);
  expect(isReachable("audience", null)).toBe(false);
  expect(stepOfProblem("variables.body.1")).toBe("content");
});
