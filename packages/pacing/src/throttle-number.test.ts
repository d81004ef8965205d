import { createDb } from "@loudhailer/db/create-db.ts";
import { createTestOrganization } from "@loudhailer/testing/create-test-broadcast.ts";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { recoverRates } from "./recover-rates.ts";
import { useSendingBroadcasts } from "./testing/use-sending-broadcasts.ts";
import { throttleNumber, type Refusal } from "./throttle-number.ts";

const { owner, pool } = await useSendingBroadcasts();
const engineDb = createDb(pool);

/** Creates a number with a rate of 1,000/s and helpers to refuse, age, and recover its rate. */
async function newNumber() {
  const { providerId } = await createTestOrganization(owner, { messagesPerSecond: 1_000 });
  const refuse = (refusal: Partial<Refusal>) =>
    throttleNumber(engineDb, providerId, {
      dispatcherId: "one",
      takenInSecond: 1_000,
      refusedShare: 0,
      dispatchers: 1,
      ageMs: 0,
      ...refusal,
    });
  const age = (seconds: number) =>
    owner
      .updateTable("whatsapp_providers")
      .set({ rate_changed_at: sql`now() - ${seconds} * interval '1 second'` })
      .where("id", "=", providerId)
      .execute();
  const recover = async () => {
    await age(4);
    await recoverRates(engineDb);
    const { current_messages_per_second: rate } = await owner
      .selectFrom("whatsapp_providers")
      .where("id", "=", providerId)
      .select("current_messages_per_second")
      .executeTakeFirstOrThrow();
    return rate;
  };
  return { refuse, age, recover };
}

test("the first refusal cuts the rate to what Meta has just accepted, once per second", async () => {
  const { refuse, age } = await newNumber();
  expect(await refuse({ takenInSecond: 333 })).toBe(333);
  expect(await refuse({ takenInSecond: 100 })).toBe(333);
  await age(2);
  expect(await refuse({ takenInSecond: 330, ageMs: 1_500 })).toBe(333);
  await age(3);
  expect(await refuse({ takenInSecond: 100, refusedShare: 0.02 })).toBe(323);
});

test("later refusals cut the rate by the refused share, 3 to 10%, or more when the rate is far off", async () => {
  const { refuse, age } = await newNumber();
  expect(await refuse({ refusedShare: 0.001 })).toBe(970);
  await age(2);
  expect(await refuse({ takenInSecond: 900, refusedShare: 0.05 })).toBe(921);
  await age(2);
  expect(await refuse({ takenInSecond: 900, refusedShare: 0.2 })).toBe(828);
  await age(2);
  expect(await refuse({ takenInSecond: 900, refusedShare: 0.4 })).toBe(496);
});

test("a guess multiplies one dispatcher's share by their number and never goes below a quarter of the rate", async () => {
  const several = await newNumber();
  expect(await several.refuse({ takenInSecond: 150, dispatchers: 2 })).toBe(360);
  const quiet = await newNumber();
  expect(await quiet.refuse({ takenInSecond: 3 })).toBe(250);
});

test("a guess from one dispatcher's share is corrected once all dispatchers have been refused", async () => {
  const { refuse, age, recover } = await newNumber();
  expect(await refuse({ takenInSecond: 220, dispatchers: 3 })).toBe(792);
  expect(await refuse({ takenInSecond: 230, dispatchers: 3 })).toBe(792);
  expect(await refuse({ dispatcherId: "two", takenInSecond: 90, dispatchers: 3 })).toBe(792);
  expect(await refuse({ dispatcherId: "three", takenInSecond: 20, dispatchers: 3 })).toBe(330);
  expect(await refuse({ dispatcherId: "four", takenInSecond: 100, dispatchers: 3 })).toBe(430);
  await age(2);
  expect(await refuse({ dispatcherId: "two", takenInSecond: 90, dispatchers: 3 })).toBe(417);
  expect(await recover()).toBe(421);
});

test("the rate recovers in doubling steps up to the number's limit", async () => {
  const { refuse, recover } = await newNumber();
  await refuse({ refusedShare: 0.1 });
  const rates = [];
  for (let step = 0; step < 5; step++) rates.push(await recover());
  expect(rates).toEqual([909, 927, 963, 1_000, 1_000]);
});
