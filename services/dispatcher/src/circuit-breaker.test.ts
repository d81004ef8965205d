import { dispositionOf } from "@loudhailer/whatsapp/error-taxonomy.ts";
import type { SendOutcome } from "@loudhailer/whatsapp/send-outcome.ts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createCircuitBreaker } from "./circuit-breaker.ts";

beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: 0 }));
afterEach(() => vi.useRealTimers());

const accepted: SendOutcome = { kind: "accepted", wamid: "w", messageStatus: "accepted" };
const reset: SendOutcome = { kind: "unknown", reason: "ECONNRESET" };
const refused = (code: number, httpStatus: number): SendOutcome => ({
  kind: "refused",
  error: { code, title: "", message: "", httpStatus, disposition: dispositionOf(code) },
});

function start() {
  const changes: boolean[] = [];
  const circuit = createCircuitBreaker((isAway) => changes.push(isAway), Date.now);
  const report = (outcome: SendOutcome, times: number) => {
    for (let n = 0; n < times; n++) circuit.report(outcome);
  };
  return { circuit, changes, report };
}

test.each([
  ["requests without an answer", reset],
  ["Graph's own trouble", refused(131_000, 500)],
  ["refused connections", { kind: "not-sent", reason: "ECONNREFUSED" } as const],
])("%s stop sending when they are most of the outcomes", async (_name, outcome) => {
  const { circuit, changes, report } = start();
  report(accepted, 9);
  report(outcome, 9);
  expect(circuit.awaySince()).toBeNull();
  report(outcome, 1);
  expect(changes).toEqual([true]);
  expect(circuit.awaySince()).toEqual(new Date(0));
});

test("refusals of messages and one failed request among ten don't stop sending", () => {
  const { changes, report } = start();
  report(refused(131_026, 400), 500);
  report(refused(130_429, 429), 500);
  for (let n = 0; n < 100; n++) {
    report(accepted, 9);
    report(reset, 1);
  }
  expect(changes).toEqual([]);
});

test("an outage after many accepted messages is noticed after ten failures in a row", () => {
  const { changes, report } = start();
  report(accepted, 5_000);
  report(reset, 9);
  report(accepted, 1);
  report(reset, 9);
  expect(changes).toEqual([]);
  report(reset, 1);
  expect(changes).toEqual([true]);
});

test("failures that are far apart count only as an outage if no message is answered between them", async () => {
  const answered = start();
  for (let n = 0; n < 30; n++) {
    answered.report(reset, 1);
    if (n % 9 === 8) answered.report(accepted, 1);
    await vi.advanceTimersByTimeAsync(1_500);
  }
  expect(answered.changes).toEqual([]);
  const silent = start();
  for (let n = 0; n < 10; n++) {
    silent.report(reset, 1);
    await vi.advanceTimersByTimeAsync(1_500);
  }
  expect(silent.changes).toEqual([true]);
});

test("single messages probe Meta while it is away, and all continue once it answers", async () => {
  const { circuit, changes, report } = start();
  report(reset, 10);
  let gone = 0;
  for (let n = 0; n < 20; n++) void circuit.pass().then(() => gone++);
  await vi.advanceTimersByTimeAsync(900);
  expect(gone).toBe(0);
  await vi.advanceTimersByTimeAsync(200);
  expect(gone).toBe(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(gone).toBeGreaterThanOrEqual(3);
  expect(gone).toBeLessThanOrEqual(5);
  report(accepted, 1);
  await vi.advanceTimersByTimeAsync(0);
  expect(gone).toBe(20);
  expect(changes).toEqual([true, false]);
  expect(await circuit.pass()).toBe(true);
});

test("waiting messages are released when the process stops", async () => {
  const { circuit, report } = start();
  report(reset, 10);
  const waiting = circuit.pass();
  circuit.stop();
  expect(await waiting).toBe(false);
  expect(await circuit.pass()).toBe(false);
});

test("late outcomes start no probes after the number was given up", () => {
  const { circuit, changes, report } = start();
  circuit.stop();
  report(reset, 20);
  expect(changes).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
