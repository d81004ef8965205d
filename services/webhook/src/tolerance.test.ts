import { createMutator } from "@loudhailer/testing/create-mutator.ts";
import {
  createTestBroadcast,
  createTestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { webhookShapes } from "@loudhailer/whatsapp/testing/webhook-shapes.ts";
import { withoutEachField } from "@loudhailer/whatsapp/testing/without-each-field.ts";
import { expect, test } from "vitest";
import { postOf, useTestWebhook } from "./testing/test-webhook.ts";

const { db, webhook } = await useTestWebhook();

async function shapesOfNewOrganization() {
  const organization = await createTestOrganization(db);
  await createTestBroadcast(db, organization, { recipients: 20, attempts: 1 });
  const metadata = {
    display_phone_number: "15550100001",
    phone_number_id: organization.phoneNumberId,
  };
  return webhookShapes(metadata).map(({ field, value }) =>
    postOf({ id: organization.wabaId, time: 1_790_000_000, changes: [{ field, value }] }),
  );
}

/** Posts all bodies and returns the number of responses by status. */
async function postAll(bodies: readonly object[]): Promise<Record<string, number>> {
  const answers: Record<string, number> = {};
  let next = 0;
  async function work(): Promise<void> {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      const { status } = await webhook.post(body);
      answers[status] = (answers[status] ?? 0) + 1;
      if (status >= 500) throw new Error(`${status} for ${JSON.stringify(body).slice(0, 2_000)}`);
    }
  }
  await Promise.all(Array.from({ length: 40 }, work));
  return answers;
}

test("the webhook answers 200 when any part of a known shape is missing, null or mistyped", async () => {
  const bodies = (await shapesOfNewOrganization()).flatMap((post) => withoutEachField({ ...post }));
  expect(bodies.length).toBeGreaterThan(5_000);
  const answers = await postAll(bodies);
  expect(Object.keys(answers)).toEqual(["200"]);
}, 120_000);

test("the webhook answers thousands of randomly changed payloads with 200 or 400, never with 500", async () => {
  const seed = Number(process.env["FUZZ_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  const count = Number(process.env["FUZZ_COUNT"] ?? 2_000);
  const mutator = createMutator(seed);
  const shapes = await shapesOfNewOrganization();
  const bodies = Array.from({ length: count }, () => mutator.mutate(mutator.pick(shapes)));
  const answers = await postAll(bodies);
  const others = Object.keys(answers).filter((status) => status !== "200" && status !== "400");
  expect(others, `seed ${seed}`).toEqual([]);
  expect(answers["200"]).toBeGreaterThan(count * 0.99);
  expect((await fetch(`${webhook.origin}/readyz`)).status).toBe(200);
}, 300_000);
