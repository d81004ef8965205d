import { afterEach, expect, test } from "vitest";
import type { SimulatorOptions } from "../options.ts";
import { startSimulator, type Simulator } from "../start-simulator.ts";
import { callGraph, phoneOf, testPhoneNumberId, send, springSale } from "../testing/call-graph.ts";

let simulator: Simulator | undefined;

async function start(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  simulator = await startSimulator({
    latencyMs: 0,
    numbers: [{ messagesPerSecond: 0 }],
    ...options,
  });
  return simulator;
}

afterEach(async () => {
  await simulator?.close();
  simulator = undefined;
});

/**
 * Sends one message, and aborts the request once the simulator has it (`hasArrived`). Returns true
 * if there was no answer by then.
 */
async function isLeftWaiting(
  url: string,
  to: string,
  hasArrived: () => boolean,
  phoneNumberId = testPhoneNumberId,
): Promise<boolean> {
  const controller = new AbortController();
  let isAnswered = false;
  const request = fetch(`${url}/v25.0/${phoneNumberId}/messages`, {
    method: "POST",
    headers: { authorization: "Bearer simulator-token" },
    body: JSON.stringify(springSale(to, "r1")),
    signal: controller.signal,
  }).then(
    () => (isAnswered = true),
    () => false,
  );
  await expect.poll(hasArrived, { timeout: 10_000 }).toBe(true);
  const isWaiting = !isAnswered;
  controller.abort();
  await request;
  return isWaiting;
}

test("a hanging message isn't answered, and is accepted only when it hangs after acceptance", async () => {
  const { url, ledger } = await start({ hangBefore: 1 });
  expect(await isLeftWaiting(url, phoneOf(1), () => ledger().hung.before === 1)).toBe(true);
  expect(ledger()).toMatchObject({ accepted: 0, hung: { before: 1, after: 0 } });
  expect((await send(url, phoneOf(1), "r1")).status).toBe(200);
  simulator?.setFaults({ hangBefore: 0, hangAfter: 1 });
  expect(await isLeftWaiting(url, phoneOf(2), () => ledger().hung.after === 1)).toBe(true);
  expect(ledger()).toMatchObject({ accepted: 2, hung: { before: 1, after: 1 } });
});

test("a hanging number accepts and answers nothing while other numbers continue", async () => {
  const { url, ledger } = await start();
  await callGraph(url, "POST", "/_numbers", { phoneNumberId: "555", hang: true });
  expect(await isLeftWaiting(url, phoneOf(1), () => ledger().hung.before === 1, "555")).toBe(true);
  expect((await send(url, phoneOf(1), "r1")).status).toBe(200);
  expect(ledger().numbers["555"]).toMatchObject({ accepted: 0 });
  await callGraph(url, "POST", "/_numbers", { phoneNumberId: "555", hang: false });
  expect((await send(url, phoneOf(1), "r1", "555")).status).toBe(200);
});

test("a number uses its own latency until that is set to null", async () => {
  const { url, ledger } = await start();
  await callGraph(url, "POST", "/_numbers", { phoneNumberId: "555", latencyMs: 60_000 });
  expect(await isLeftWaiting(url, phoneOf(1), () => ledger().accepted === 1, "555")).toBe(true);
  expect((await send(url, phoneOf(1))).status).toBe(200);
  await callGraph(url, "POST", "/_numbers", { phoneNumberId: "555", latencyMs: null });
  expect((await send(url, phoneOf(2), undefined, "555")).status).toBe(200);
});

test("a share of the requests is refused with 429 and code 130429 when rateLimited is set", async () => {
  const { url, ledger } = await start({ rateLimited: 0.5 });
  const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => send(url, phoneOf(n))));
  const refused = answers.filter(({ status, code }) => status === 429 && code === 130429);
  expect(refused.length).toBeGreaterThan(70);
  expect(refused.length).toBeLessThan(130);
  expect(ledger()).toMatchObject({ accepted: 200 - refused.length });
});

test("a refused message doesn't count in the number's rolling second", async () => {
  const limit = 10;
  const { url, ledger } = await start({ numbers: [{ messagesPerSecond: limit }] });
  let next = 0;
  // The requests always exceed the limit: if refusals counted, none would be accepted again.
  await expect
    .poll(
      async () => {
        await Promise.all(Array.from({ length: 5 }, () => send(url, phoneOf(next++))));
        return ledger().accepted;
      },
      { interval: 20, timeout: 10_000 },
    )
    .toBeGreaterThan(2 * limit);
  const { accepted, refused, numbers } = ledger();
  expect(numbers[testPhoneNumberId]).toMatchObject({
    accepted,
    refused,
    maxPerSecond: limit,
    first: expect.any(Number),
    last: expect.any(Number),
  });
  expect(Object.keys(refused)).toEqual(["130429"]);
});

test("the ledger counts refusals separately for each number", async () => {
  const { url, ledger } = await start();
  await callGraph(url, "POST", "/_numbers", { phoneNumberId: "555", wabaId: "556" });
  const broken = { ...springSale(phoneOf(1)), type: "fax" };
  await callGraph(url, "POST", "/v25.0/555/messages", broken);
  await callGraph(url, "POST", "/v25.0/555/messages", broken, "another token");
  const { numbers } = ledger();
  expect(numbers["555"]?.refused).toEqual({ 100: 1, 190: 1 });
  expect(numbers[testPhoneNumberId]?.refused).toEqual({});
});
