import { readFile } from "node:fs/promises";
import { glob } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { actionWords, pageOfTarget } from "./action-words.ts";

const root = fileURLToPath(new URL("../../../../../../", import.meta.url));

test("every recorded action has a phrase", async () => {
  const actions = new Set<string>();
  for (const pattern of ["packages/core/src/**/*.ts", "services/api/src/**/*.ts"]) {
    for await (const file of glob(pattern, { cwd: root })) {
      const source = await readFile(root + file, "utf8");
      for (const [, action = ""] of source.matchAll(/action: "([a-z_]+\.[a-z_]+)"/g)) {
        actions.add(action);
      }
    }
  }
  expect(actions.size).toBeGreaterThan(40);
  expect([...actions].filter((action) => !(action in actionWords))).toEqual([]);
});

test("an event links to its target unless it deleted the target or the target has no page", () => {
  expect(pageOfTarget("segment.updated", "segment", "1")).toBe("/segments/1");
  expect(pageOfTarget("segment.deleted", "segment", "1")).toBeNull();
  expect(pageOfTarget("settings.updated", "organization", "1")).toBeNull();
});
