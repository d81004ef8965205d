import { expect, test } from "vitest";
import { readAccountUpdate } from "./account-update.ts";
import * as values from "./testing/update-values.ts";
import { withoutEachField } from "./testing/without-each-field.ts";

const field = "account_update";

test("reads each restriction with its end, given as seconds or as a date text", () => {
  const value = {
    ...values.restricted,
    restriction_info: [
      ...values.restricted.restriction_info,
      { restriction_type: "restricted_utility_templates", expiration: "2026-12-01T10:00:00+0000" },
      { restriction_type: "RESTRICTED_BUSINESS_INITIATED_CALLING", expiration: "1800000000" },
      { expiration: 1 },
      null,
    ],
  };
  const expiresAt = new Date(2_000_000_000_000);
  expect(readAccountUpdate(field, value)?.news).toMatchObject({
    event: "ACCOUNT_RESTRICTION",
    restrictions: [
      { type: "RESTRICTED_ADD_PHONE_NUMBER_ACTION", expiresAt },
      { type: "RESTRICTED_BIZ_INITIATED_MESSAGING", expiresAt },
      { type: "RESTRICTED_UTILITY_TEMPLATES", expiresAt: new Date("2026-12-01T10:00:00Z") },
      {
        type: "RESTRICTED_BUSINESS_INITIATED_CALLING",
        expiresAt: new Date(1_800_000_000_000),
      },
    ],
  });
});

test("reads the ban state from a list and from a string", () => {
  expect(readAccountUpdate(field, values.disabled)?.news).toMatchObject({
    banStates: ["DISABLE"],
    banDate: "2026-11-20",
  });
  expect(readAccountUpdate(field, values.reinstated)?.news).toMatchObject({
    banStates: ["REINSTATE"],
  });
});

test("infers a missing event from the content", () => {
  for (const { event, ...rest } of [values.restricted, values.disabled, values.violation]) {
    expect(readAccountUpdate(field, rest)?.news).toMatchObject({ event });
  }
});

test("reads the reason with which a number was disconnected", () => {
  expect(readAccountUpdate(field, values.partnerRemoved)).toMatchObject({
    phoneNumber: "15550100001",
    news: { disconnection: "PRIMARY_INACTIVITY" },
  });
});

test("reads reviews, alerts and limits under any field", () => {
  for (const each of [field, "account_alerts", "business_capability_update"]) {
    expect(readAccountUpdate(each, values.reviewed)?.news).toEqual({
      kind: "review",
      decision: "APPROVED",
    });
    expect(readAccountUpdate(each, values.alert)?.news).toEqual({
      kind: "alert",
      alert: {
        type: "INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED",
        severity: "WARNING",
        status: "ACTIVE",
        description: "Limits can't be raised now.",
      },
    });
    expect(readAccountUpdate(each, values.capability)?.news).toEqual({
      kind: "messaging-limit",
      messagingLimit: "TIER_2K",
    });
  }
  expect(readAccountUpdate("account_alerts", values.alert.alert_info)?.news.kind).toBe("alert");
});

test.each([
  [250, "TIER_250"],
  ["10000", "TIER_10K"],
  [-1, "TIER_UNLIMITED"],
  ["tier_100k", "TIER_100K"],
])("reads a limit of %s as %s", (limit, messagingLimit) => {
  for (const name of ["max_daily_conversations_per_business", "max_daily_conversation_per_phone"]) {
    expect(readAccountUpdate("business_capability_update", { [name]: limit })?.news).toEqual({
      kind: "messaging-limit",
      messagingLimit,
    });
  }
});

test("returns null if the value holds no update of an account", () => {
  for (const value of [{}, { event: Infinity }, { max_phone_numbers_per_waba: 25 }]) {
    expect(readAccountUpdate(field, value)).toBeNull();
  }
});

test("doesn't throw on missing or mistyped fields", () => {
  for (const value of Object.values(values).flatMap(withoutEachField)) {
    for (const each of [field, "account_alerts", "business_capability_update"]) {
      expect(() => readAccountUpdate(each, value)).not.toThrow();
    }
  }
});
