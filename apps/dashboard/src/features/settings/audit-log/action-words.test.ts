import { expect, test } from "vitest";
import { actionWords, describeAction, pageOfTarget } from "./action-words.ts";

test("an action is described in words, and one that this version doesn't know by its name", () => {
  for (const [action, words] of Object.entries(actionWords)) {
    expect(words).toMatch(/^[a-z].* /);
    expect(describeAction(action)).toBe(words);
  }
  expect(describeAction("moon_base.built_up")).toBe("moon base built up");
  expect(describeAction("toString")).toBe("toString");
});

test("an event links to its target unless it deleted the target or the target has no page", () => {
  expect(pageOfTarget("segment.updated", "segment", "1")).toBe("/segments/1");
  expect(pageOfTarget("segment.deleted", "segment", "1")).toBeNull();
  expect(pageOfTarget("settings.updated", "organization", "1")).toBeNull();
});
