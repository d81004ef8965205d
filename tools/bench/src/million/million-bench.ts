import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import type { Operator } from "../add-operator.ts";
import { ApiError, callApi } from "../call-api.ts";
import { round } from "../round.ts";
import type { Stack } from "../start-stack.ts";

/** What the phases share: the stack, the number's organization, and the size of a broadcast. */
export interface MillionBench {
  stack: Stack;
  operator: Operator;
  recipients: number;
}

/** Calls a verb of a broadcast. Returns the seconds until the answer, with the refusal if any. */
export async function callVerb(
  { stack, operator }: MillionBench,
  broadcastId: string,
  verb: string,
): Promise<{ answerSeconds: number; refusal?: string }> {
  const startedAt = performance.now();
  const seconds = () => round((performance.now() - startedAt) / 1_000);
  const api = { url: stack.api.url, apiKey: operator.apiKey };
  try {
    await callApi(api, "POST", `/v1/broadcasts/${broadcastId}/${verb}`, z.unknown());
    return { answerSeconds: seconds() };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { answerSeconds: seconds(), refusal: error.message };
  }
}

/**
 * Waits until `isReached`, and returns the seconds since `startedAt` on performance.now's clock, or
 * null if it isn't reached within `msMax` of that.
 */
export async function secondsUntil(
  startedAt: number,
  isReached: () => Promise<boolean>,
  { everyMs = 100, msMax = 300_000 } = {},
): Promise<number | null> {
  while (performance.now() - startedAt < msMax) {
    if (await isReached()) return round((performance.now() - startedAt) / 1_000);
    await wait(everyMs);
  }
  return null;
}

/** Returns how many messages of the number Meta has accepted. */
export async function countAccepted({ stack, operator }: MillionBench): Promise<number> {
  const ledger = await stack.simulator.ledger();
  return ledger.numbers[operator.phoneNumberId]?.accepted ?? 0;
}
