import * as values from "@loudhailer/whatsapp/testing/update-values.ts";
import { expect, test } from "vitest";
import { applied, older, second, useUpdates } from "../testing/use-updates.ts";

const {
  addNumber,
  apply,
  newOrganization,
  newBroadcast,
  numberOf,
  owner,
  setNumber,
  setTemplate,
  stateOf,
} = await useUpdates();
const quality = "phone_number_quality_update";
const name = "phone_number_name_update";
const phone = "+15550100001";

/** Creates an organization with the fixtures' number and another one. */
async function withNumbers() {
  const organization = await newOrganization();
  await setNumber(organization.providerId, { phone_number: phone });
  const otherId = await addNumber(organization, "9", { phone_number: "+15550100002" });
  return { organization, otherId };
}

function event(word: string) {
  return { display_phone_number: phone, event: word };
}

test("a number that turns RED pauses only its own marketing broadcasts, once", async () => {
  const { organization, otherId } = await withNumbers();
  const its = await newBroadcast(organization);
  const others = await newBroadcast(organization, { provider_id: otherId });
  expect(await apply(organization, quality, event("FLAGGED"))).toEqual(applied);
  expect((await numberOf(organization.providerId)).quality_rating).toBe("RED");
  expect((await numberOf(otherId)).quality_rating).toBeNull();
  expect(await Promise.all([its, others].map(stateOf))).toEqual(["quality_red", "sending"]);

  const resumed = await newBroadcast(organization);
  expect(await apply(organization, quality, event("FLAGGED"))).toEqual(applied);
  expect(await stateOf(resumed)).toBe("sending");
});

test("a RED number keeps sending other categories, and marketing when the pause is off", async () => {
  const utility = await withNumbers();
  await setTemplate(utility.organization.templateId, { category: "UTILITY" });
  const unwilling = await withNumbers();
  await owner
    .insertInto("organization_settings")
    .values({
      organization_id: unwilling.organization.organizationId,
      pause_marketing_on_red_quality: false,
    })
    .execute();
  for (const { organization } of [utility, unwilling]) {
    const broadcast = await newBroadcast(organization);
    expect(await apply(organization, quality, event("FLAGGED"))).toEqual(applied);
    expect((await numberOf(organization.providerId)).quality_rating).toBe("RED");
    expect(await stateOf(broadcast)).toBe("sending");
  }
});

test("an unflagged number becomes YELLOW unless it was GREEN", async () => {
  const { organization } = await withNumbers();
  for (const [before, after] of [
    ["RED", "YELLOW"],
    [null, "YELLOW"],
    ["GREEN", "GREEN"],
  ] as const) {
    await setNumber(organization.providerId, { quality_rating: before });
    expect(await apply(organization, quality, event("UNFLAGGED"))).toEqual(applied);
    expect((await numberOf(organization.providerId)).quality_rating).toBe(after);
  }
});

test("a throughput upgrade raises the default rate but not one that an operator chose", async () => {
  const { organization, otherId } = await withNumbers();
  await setNumber(otherId, { messages_per_second: 30, current_messages_per_second: 25 });
  await setNumber(organization.providerId, { current_messages_per_second: 40 });
  expect(await apply(organization, quality, values.numberUpgraded)).toEqual(applied);
  const upgraded = {
    throughput_level: "HIGH",
    messages_per_second: 1_000,
    current_messages_per_second: 1_000,
  };
  expect(await numberOf(organization.providerId)).toMatchObject(upgraded);

  const ofOther = { ...values.numberUpgraded, display_phone_number: "15550100002" };
  expect(await apply(organization, quality, ofOther)).toEqual(applied);
  expect(await numberOf(otherId)).toMatchObject({
    throughput_level: "HIGH",
    messages_per_second: 30,
    current_messages_per_second: 25,
  });

  await setNumber(organization.providerId, { messages_per_second: 80 });
  await apply(organization, quality, values.numberUpgraded);
  expect((await numberOf(organization.providerId)).messages_per_second).toBe(80);
});

test("a messaging limit in any event applies to all numbers of the account", async () => {
  const { organization, otherId } = await withNumbers();
  await setNumber(otherId, {
    messaging_limit: "TIER_2K",
    messaging_limit_until: new Date(Date.now() + 60_000),
  });
  for (const word of ["ONBOARDING", "UPGRADE"]) {
    const value = { ...event(word), current_limit: "TIER_10K" };
    expect(await apply(organization, quality, value)).toEqual(applied);
  }
  for (const id of [organization.providerId, otherId]) {
    expect(await numberOf(id)).toMatchObject({
      messaging_limit: "TIER_10K",
      messaging_limit_until: null,
    });
  }
});

test("a display name changes once it is approved, and a rejection is stored with its reason", async () => {
  const { organization } = await withNumbers();
  expect(await apply(organization, name, values.nameRejected)).toEqual(applied);
  expect(await numberOf(organization.providerId)).toMatchObject({
    display_name: null,
    name_status: "REJECTED",
    name_rejected_reason: "NAME_NOT_CONSISTENT_WITH_BRANDING",
  });
  expect(await apply(organization, name, values.nameApproved)).toEqual(applied);
  const approved = {
    display_name: "Example Parcels",
    name_status: "APPROVED",
    name_rejected_reason: null,
  };
  expect(await numberOf(organization.providerId)).toMatchObject(approved);
  await apply(organization, name, { ...event(""), decision: "APPROVED" });
  expect(await numberOf(organization.providerId)).toMatchObject(approved);
});

test("an update applies to the account's only number when its phone number isn't known yet", async () => {
  const organization = await newOrganization();
  expect(await apply(organization, quality, event("FLAGGED"))).toEqual(applied);
  expect((await numberOf(organization.providerId)).quality_rating).toBe("RED");

  const unknown = { applied: false, reason: "unknown_number" };
  await addNumber(organization, "9");
  expect(await apply(organization, quality, event("UNFLAGGED"))).toEqual(unknown);
  const known = await newOrganization();
  await setNumber(known.providerId, { phone_number: "+15550100002" });
  expect(await apply(known, quality, event("FLAGGED"))).toEqual(unknown);
  expect(await apply(known, quality, { event: "FLAGGED" })).toEqual(unknown);
  const elsewhere = { ...organization, wabaId: `9${organization.wabaId}` };
  expect(await apply(elsewhere, quality, event("FLAGGED"))).toEqual(unknown);
});

test("an unknown event is reported as unhandled, and a missing one as unreadable", async () => {
  const { organization } = await withNumbers();
  expect(await apply(organization, quality, event("ENCHANTED"))).toEqual({
    applied: false,
    reason: "unhandled_event",
  });
  expect(await apply(organization, quality, { display_phone_number: phone })).toEqual({
    applied: false,
    reason: "unreadable_update",
  });
});

test("a late update changes nothing, and quality, limit and name are ordered separately", async () => {
  const { organization } = await withNumbers();
  const broadcast = await newBroadcast(organization);
  const say = (field: string, value: object, seconds: number) =>
    apply(organization, field, { ...value }, second(seconds));
  expect(await say(quality, event("UNFLAGGED"), 10)).toEqual(applied);
  expect(await say(quality, event("FLAGGED"), 9)).toEqual(older);
  expect(await stateOf(broadcast)).toBe("sending");
  // This update's limit is new, though its quality is late.
  expect(await say(quality, values.numberFlagged, 8)).toEqual(applied);
  expect(await say(name, values.nameApproved, 7)).toEqual(applied);
  expect(await numberOf(organization.providerId)).toMatchObject({
    quality_rating: "YELLOW",
    messaging_limit: "TIER_10K",
    name_status: "APPROVED",
  });
});
