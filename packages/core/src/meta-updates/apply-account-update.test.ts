import * as values from "@loudhailer/whatsapp/testing/update-values.ts";
import { expect, test } from "vitest";
import { applied, older, second, useUpdates } from "../testing/use-updates.ts";

const { addNumber, apply, newOrganization, newBroadcast, numberOf, setNumber, stateOf } =
  await useUpdates();
const field = "account_update";

/**
 * Creates an organization with two numbers of one account, one of another, and a broadcast of each.
 */
async function withNumbers() {
  const organization = await newOrganization();
  const secondId = await addNumber(organization, "8");
  const elsewhereId = await addNumber({ ...organization, wabaId: `9${organization.wabaId}` }, "9");
  const ids = [organization.providerId, secondId, elsewhereId];
  const broadcasts: string[] = [];
  for (const id of ids) broadcasts.push(await newBroadcast(organization, { provider_id: id }));
  const states = () => Promise.all(broadcasts.map(stateOf));
  const numbers = async () => {
    const rows = await Promise.all(ids.map(numberOf));
    return rows.map(({ status, status_reason: reason }) => reason ?? status);
  };
  return { organization, secondId, ids, states, numbers };
}

test("a restriction on starting conversations pauses the account's numbers and broadcasts", async () => {
  const { organization, secondId, numbers, states } = await withNumbers();
  expect(await apply(organization, field, values.restricted)).toEqual(applied);
  expect(await numbers()).toEqual(["account_restricted", "account_restricted", "connected"]);
  expect(await states()).toEqual(["account_restricted", "account_restricted", "sending"]);
  expect(await numberOf(secondId)).toMatchObject({
    status: "paused",
    restricted_until: new Date(2_000_000_000_000),
    account_status: "ACCOUNT_RESTRICTION",
    account_status_reason: "RESTRICTED_ADD_PHONE_NUMBER_ACTION, RESTRICTED_BIZ_INITIATED_MESSAGING",
  });
});

test("a number that moved to another organization stays as it is, and so do its broadcasts", async () => {
  const { organization, secondId, numbers, states } = await withNumbers();
  const moved = { status: "disconnected", status_reason: "number_moved" } as const;
  await setNumber(secondId, { ...moved, moved_at: new Date() });
  expect(await apply(organization, field, values.restricted)).toEqual(applied);
  expect(await numbers()).toEqual(["account_restricted", "number_moved", "connected"]);
  expect(await states()).toEqual(["account_restricted", "sending", "sending"]);
});

function restrictedIn(type: string) {
  return { event: "ACCOUNT_RESTRICTION", restriction_info: [{ restriction_type: type }] };
}

test.each([
  ["calls", values.callingRestricted, "RESTRICTED_USER_INITIATED_CALLING"],
  ["answers", restrictedIn("RESTRICTED_CUSTOMER_INITIATED_MESSAGING"), expect.any(String)],
  ["new templates", restrictedIn("RESTRICTED_UTILITY_TEMPLATES"), expect.any(String)],
  ["new numbers", restrictedIn("RESTRICTED_ADD_PHONE_NUMBER_ACTION"), expect.any(String)],
  ["nothing", values.rateLimitRecovered, "UTILITY_TEMPLATE_ABUSE_RATE_LIMIT_RECOVERY"],
  ["a violation", values.violation, "ALCOHOL"],
  [
    "a ban to come",
    { event: "DISABLED_UPDATE", ban_info: { waba_ban_state: "SCHEDULE_FOR_DISABLE" } },
    null,
  ],
])("an event that doesn't restrict sending (%s) is only stored", async (_what, value, reason) => {
  const { organization, numbers, states } = await withNumbers();
  expect(await apply(organization, field, value)).toEqual(applied);
  expect(await numbers()).toEqual(["connected", "connected", "connected"]);
  expect(await states()).toEqual(["sending", "sending", "sending"]);
  const number = await numberOf(organization.providerId);
  expect(number.account_status).not.toBeNull();
  expect(number.account_status_reason).toEqual(reason);
});

test("a ban pauses numbers and broadcasts, and its end reconnects only the numbers", async () => {
  const { organization, secondId, numbers, states } = await withNumbers();
  await apply(organization, field, values.restricted);
  expect(await apply(organization, field, values.disabled)).toEqual(applied);
  expect(await numbers()).toEqual(["account_disabled", "account_disabled", "connected"]);
  expect(await numberOf(organization.providerId)).toMatchObject({
    account_status: "DISABLE",
    account_status_reason: "2026-11-20",
  });
  await setNumber(secondId, { status_reason: "meta_131048" });

  expect(await apply(organization, field, values.reinstated)).toEqual(applied);
  expect(await numbers()).toEqual(["connected", "meta_131048", "connected"]);
  expect(await numberOf(organization.providerId)).toMatchObject({
    account_status: "REINSTATE",
    restricted_until: null,
  });
  expect(await states()).toEqual(["account_restricted", "account_restricted", "sending"]);
});

test("a ban and its end leave a disconnected number disconnected", async () => {
  const { organization, numbers } = await withNumbers();
  await setNumber(organization.providerId, { status: "disconnected", status_reason: "meta_190" });
  expect(await apply(organization, field, values.disabled)).toEqual(applied);
  expect(await apply(organization, field, values.reinstated)).toEqual(applied);
  expect(await numbers()).toEqual(["meta_190", "connected", "connected"]);
});

test.each([
  ["ACCOUNT_DELETED", "account_deleted"],
  ["PARTNER_REMOVED", "partner_removed"],
  ["PARTNER_APP_UNINSTALLED", "partner_app_uninstalled"],
  ["ACCOUNT_OFFBOARDED", "account_offboarded"],
])("%s disconnects the account's numbers", async (event, reason) => {
  const { organization, numbers, states } = await withNumbers();
  expect(await apply(organization, field, { event })).toEqual(applied);
  expect(await numbers()).toEqual([reason, reason, "connected"]);
  expect(await states()).toEqual([reason, reason, "sending"]);
  expect((await numberOf(organization.providerId)).status).toBe("disconnected");
});

test("a reconnected account reconnects only the numbers that were offboarded with it", async () => {
  const { organization, secondId, numbers } = await withNumbers();
  await apply(organization, field, { event: "ACCOUNT_OFFBOARDED" });
  await setNumber(secondId, { status_reason: "meta_190" });
  expect(await apply(organization, field, { event: "ACCOUNT_RECONNECTED" })).toEqual(applied);
  expect(await numbers()).toEqual(["connected", "meta_190", "connected"]);
});

test("a removal disconnects only one number when it names its phone number", async () => {
  const { organization, secondId, numbers, states } = await withNumbers();
  await setNumber(secondId, { phone_number: "+15550100001" });
  expect(await apply(organization, field, values.partnerRemoved)).toEqual(applied);
  expect(await numbers()).toEqual(["connected", "partner_removed", "connected"]);
  expect(await states()).toEqual(["sending", "partner_removed", "sending"]);
  expect((await numberOf(secondId)).account_status_reason).toBe("PRIMARY_INACTIVITY");
});

test("a messaging limit applies to every number of the account and its portfolio", async () => {
  const { organization, ids } = await withNumbers();
  const strangerId = await addNumber({ ...organization, wabaId: `7${organization.wabaId}` }, "7", {
    messaging_limit: "TIER_250",
  });
  const until = new Date(Date.now() + 60_000);
  for (const id of ids) {
    const limits = { messaging_limit: "TIER_1K", messaging_limit_until: until };
    await setNumber(id, { portfolio_id: `1${organization.wabaId}`, ...limits });
  }
  const capability = "business_capability_update";
  const limits = () => Promise.all([...ids, strangerId].map(numberOf));

  const lower = { max_daily_conversation_per_phone: "250" };
  expect(await apply(organization, capability, lower)).toEqual(applied);
  for (const id of ids) {
    expect(await numberOf(id)).toMatchObject({
      messaging_limit: "TIER_250",
      messaging_limit_until: until,
    });
  }
  expect(await apply(organization, capability, values.capability)).toEqual(applied);
  const rows = await limits();
  expect(rows.map((row) => row.messaging_limit)).toEqual([
    "TIER_2K",
    "TIER_2K",
    "TIER_2K",
    "TIER_250",
  ]);
  expect(rows.map((row) => row.messaging_limit_until)).toEqual([null, null, null, null]);
});

test("a review and an alert are stored with the account's numbers", async () => {
  const { organization, secondId } = await withNumbers();
  expect(await apply(organization, "account_review_update", values.reviewed)).toEqual(applied);
  expect(await apply(organization, "account_alerts", values.alert)).toEqual(applied);
  expect(await numberOf(secondId)).toMatchObject({
    account_review_status: "APPROVED",
    account_alert: {
      type: "INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED",
      severity: "WARNING",
      status: "ACTIVE",
      description: "Limits can't be raised now.",
    },
  });
});

test("unhandled events and events of unknown accounts change nothing", async () => {
  const { organization, numbers } = await withNumbers();
  for (const value of [values.verified, { event: "PARTNER_ADDED" }, { event: "MADE_UP" }]) {
    expect(await apply(organization, field, value)).toEqual({
      applied: false,
      reason: "unhandled_event",
    });
  }
  expect(await apply(organization, field, {})).toMatchObject({ reason: "unreadable_update" });
  const nowhere = { ...organization, wabaId: `5${organization.wabaId}` };
  expect(await apply(nowhere, field, values.disabled)).toEqual({
    applied: false,
    reason: "unknown_waba",
  });
  expect(await numbers()).toEqual(["connected", "connected", "connected"]);
});

test("a late ban applies despite a newer violation, and ends with a newer reinstatement", async () => {
  const { organization, numbers } = await withNumbers();
  const say = (value: object, seconds: number) =>
    apply(organization, field, { ...value }, second(seconds));
  expect(await say(values.violation, 20)).toEqual(applied);
  expect(await say(values.disabled, 10)).toEqual(applied);
  expect((await numberOf(organization.providerId)).account_status).toBe("ACCOUNT_VIOLATION");
  expect(await numbers()).toEqual(["account_disabled", "account_disabled", "connected"]);
  expect(await say(values.reinstated, 12)).toEqual(applied);
  expect(await say(values.restricted, 11)).toEqual(older);
  expect(await numbers()).toEqual(["connected", "connected", "connected"]);
});
