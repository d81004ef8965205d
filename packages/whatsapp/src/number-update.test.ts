import { expect, test } from "vitest";
import { readNumberUpdate } from "./number-update.ts";
import * as values from "./testing/update-values.ts";
import { withoutEachField } from "./testing/without-each-field.ts";

const quality = "phone_number_quality_update";
const name = "phone_number_name_update";

test("reads a quality event with the messaging limit under its old and new name", () => {
  expect(readNumberUpdate(quality, values.numberFlagged)).toEqual({
    displayPhoneNumber: "15550100001",
    news: { kind: "quality", event: "FLAGGED", messagingLimit: "TIER_10K" },
  });
  expect(readNumberUpdate(quality, values.numberUpgraded)?.news).toEqual({
    kind: "quality",
    event: "THROUGHPUT_UPGRADE",
    messagingLimit: "TIER_UNLIMITED",
  });
});

test("reads a name decision with the name and the reason", () => {
  expect(readNumberUpdate(name, values.nameApproved)?.news).toEqual({
    kind: "name",
    decision: "APPROVED",
    requestedName: "Example Parcels",
    rejectionReason: null,
  });
  expect(readNumberUpdate(name, values.nameRejected)?.news).toMatchObject({
    rejectionReason: "NAME_NOT_CONSISTENT_WITH_BRANDING",
  });
});

test("reads an update under the wrong field by its content", () => {
  expect(readNumberUpdate(quality, values.nameApproved)?.news.kind).toBe("name");
  expect(readNumberUpdate(name, values.numberFlagged)?.news.kind).toBe("quality");
});

test("returns null for a limit that Meta hasn't set or that isn't a tier", () => {
  for (const limit of ["TIER_NOT_SET", "many", 0, null, {}]) {
    expect(readNumberUpdate(quality, { current_limit: limit })).toBeNull();
  }
});

test("doesn't throw on missing or mistyped fields", () => {
  for (const value of Object.values(values).flatMap(withoutEachField)) {
    for (const field of [quality, name]) {
      expect(() => readNumberUpdate(field, value)).not.toThrow();
    }
  }
});
