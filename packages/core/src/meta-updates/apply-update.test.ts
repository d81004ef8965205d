import * as values from "@loudhailer/whatsapp/testing/update-values.ts";
import { withoutEachField } from "@loudhailer/whatsapp/testing/without-each-field.ts";
import { expect, test } from "vitest";
import { applied, older, second, useUpdates } from "../testing/use-updates.ts";
import { isUpdateField } from "./apply-update.ts";

const updates = await useUpdates();
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
  templateOf,
} = updates;

const samples: readonly (readonly [field: string, value: object])[] = [
  ["message_template_status_update", values.templatePaused],
  ["message_template_status_update", values.templateRejected],
  ["message_template_quality_update", values.templateQuality],
  ["template_category_update", values.categoryAnnounced],
  ["template_category_update", values.categoryChanged],
  ["message_template_components_update", values.components],
  ["phone_number_quality_update", values.numberFlagged],
  ["phone_number_quality_update", values.numberUpgraded],
  ["phone_number_name_update", values.nameApproved],
  ["phone_number_name_update", values.nameRejected],
  ["account_update", values.restricted],
  ["account_update", values.callingRestricted],
  ["account_update", values.violation],
  ["account_update", values.disabled],
  ["account_update", values.reinstated],
  ["account_update", values.partnerRemoved],
  ["account_update", values.appUninstalled],
  ["account_review_update", values.reviewed],
  ["account_alerts", values.alert],
  ["business_capability_update", values.capability],
];

/** Creates an organization with the template and number that the samples name. */
async function withSamples(wabaId?: string) {
  const organization = await newOrganization(wabaId);
  await setTemplate(organization.templateId, { meta_template_id: "700123456789012" });
  await setNumber(organization.providerId, { phone_number: "+15550100001" });
  return organization;
}

test("every sample is applied, and doesn't throw when any field is missing or mistyped", async () => {
  const organization = await withSamples();
  for (const [field, value] of samples) {
    expect(isUpdateField(field)).toBe(true);
    expect(await apply(organization, field, { ...value }), field).toEqual(applied);
    for (const changed of withoutEachField({ ...value })) {
      expect(await apply(organization, field, changed)).toHaveProperty("applied");
    }
  }
}, 120_000);

test("an update changes only its own organization when another one has the same account", async () => {
  const one = await withSamples();
  const other = await withSamples(one.wabaId);
  const broadcast = await newBroadcast(other);
  const before = [await numberOf(other.providerId), await templateOf(other.templateId)];
  for (const [field, value] of samples) await apply(one, field, { ...value });
  expect([await numberOf(other.providerId), await templateOf(other.templateId)]).toEqual(before);
  expect(await stateOf(broadcast)).toBe("sending");

  expect(await apply(other, "account_update", values.disabled)).toEqual(applied);
  expect((await numberOf(other.providerId)).status_reason).toBe("account_disabled");
  expect(await stateOf(broadcast)).toBe("account_disabled");
});

test("an unknown field is reported as unhandled", async () => {
  expect(["messages", "toString", "security"].filter(isUpdateField)).toEqual([]);
  expect(await apply(await newOrganization(), "security", {})).toEqual({
    applied: false,
    reason: "unhandled_field",
  });
});

test("an update is applied when it is repeated or of the same second, but not when it is older", async () => {
  const organization = await withSamples();
  const review = (decision: string, happenedAt: Date | null) =>
    apply(organization, "account_review_update", { decision }, happenedAt);
  expect(await review("PENDING", second(5))).toEqual(applied);
  expect(await review("PENDING", second(5))).toEqual(applied);
  expect(await review("APPROVED", second(5))).toEqual(applied);
  expect(await review("REJECTED", second(4))).toEqual(older);
  expect((await numberOf(organization.providerId)).account_review_status).toBe("APPROVED");
});

test("an update counts as current when its time is missing or in the future", async () => {
  const organization = await withSamples();
  const review = (decision: string, happenedAt: Date | null) =>
    apply(organization, "account_review_update", { decision }, happenedAt);
  expect(await review("PENDING", new Date("2100-01-01"))).toEqual(applied);
  expect(await review("REJECTED", null)).toEqual(applied);
  expect(await review("APPROVED", second(1))).toEqual(older);
  expect((await numberOf(organization.providerId)).account_review_status).toBe("REJECTED");
});

test("an update that isn't applied stores no time", async () => {
  const organization = await withSamples();
  const field = "message_template_status_update";
  const flagged = { ...values.templatePaused, event: "FLAGGED" };
  await apply(organization, field, flagged, second(9));
  await apply(organization, field, { event: "PAUSED" }, second(9));
  const times = await owner
    .selectFrom("webhook_update_times")
    .where("organization_id", "=", organization.organizationId)
    .select("subject")
    .execute();
  expect(times).toEqual([]);
  expect(await apply(organization, field, values.templatePaused, second(1))).toEqual(applied);
});

test("concurrent updates of the same numbers, templates and broadcasts all finish", async () => {
  const organization = await withSamples();
  for (const suffix of ["7", "8", "9"]) {
    const providerId = await addNumber(organization, suffix);
    await newBroadcast({ ...organization, providerId });
    await newBroadcast(organization);
  }
  const repeated = Array.from({ length: 5 }, () => samples).flat();
  const outcomes = await Promise.all(
    repeated.map(([field, value], index) =>
      apply(organization, field, { ...value }, second(index)),
    ),
  );
  expect(outcomes).toHaveLength(repeated.length);
});
