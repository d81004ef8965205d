import { expect, test } from "vitest";
import { readNumberUpdate } from "./number-update.ts";
import * as values from "./testing/update-values.ts";
import { withoutEachField } from "./testing/without-each-field.ts";

const quality = "phone_number_quality_update";
const name = "phone_number_name_update";

test("a quality event is read with the limit, under its old and its new name", () => {
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

test("a name's decision is read with the name and the reason", () => {
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

test("what is under the wrong field is read by its content", () => {
  expect(readNumberUpdate(quality, values.nameApproved)?.news.kind).toBe("name");
  expect(readNumberUpdate(name, values.numberFlagged)?.news.kind).toBe("quality");
});

test("a limit that Meta hasn't set, or that is no word of its, says nothing", () => {
  for (const limit of ["TIER_NOT_SET", "many", 0, null, {}]) {
    expect(readNumberUpdate(quality, { current_limit: limit })).toBeNull();
  }
});

test("whatever is missing or of another kind, it doesn't throw", () => {
  for (const value of Object.values(values).flatMap(withoutEachField)) {
    for (const field of [quality, name]) {
      expect(() => readNumberUpdate(field, value)).not.toThrow();
    }
  }
});
