import { findSendingNumbers, type SendingNumber } from "@loudhailer/pacing/find-sending-numbers.ts";
import type { EngineDeps } from "./engine-deps.ts";
import { createFeedMemory, type FeedMemory } from "./feed-memory.ts";
import { feedNumber, type Feeding } from "./feed-number.ts";

/** Each holds a connection to the database meanwhile. */
const atOnceMax = 6;
const pauseMsMin = 100;
/** A queue that was lost is noticed within that. */
const pauseMsMax = 1_000;
/** Each look tries the people who come next, and that for up to a day. */
const usedUpPauseMsMax = 5_000;

interface FedNumber {
  memory: FeedMemory;
  /** On performance.now's clock. */
  nextAt: number;
  /** What it last waited for where nothing was to be fed, or a feeding failed. */
  pauseMs: number;
  failures: number;
  /** As of the last look: a number whose limit was raised goes on at once. */
  messagingLimit: string | null;
  running: Promise<void> | null;
}

export interface NumberFeeder {
  /** Starts feeding the numbers that are due, and doesn't wait for them. */
  look(): Promise<void>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

/**
 * Feeds many numbers, some at once: one that is slow or fails takes one of the places, and the
 * others go on. A number is looked at again when its queue may be half empty, within a second.
 */
export function openNumberFeeder(deps: EngineDeps): NumberFeeder {
  const fed = new Map<string, FedNumber>();
  let due: { number: SendingNumber; state: FedNumber }[] = [];
  let feedings = 0;

  async function look(): Promise<void> {
    const numbers = await findSendingNumbers(deps.engineDb);
    const known = new Set(numbers.map(({ providerId }) => providerId));
    for (const [providerId, { running }] of fed) {
      if (!known.has(providerId) && running === null) fed.delete(providerId);
    }
    const now = performance.now();
    due = numbers
      .map((number) => ({ number, state: stateOf(number) }))
      .filter(({ number, state }) => isDue(number, state, now))
      .toSorted((a, b) => a.state.nextAt - b.state.nextAt);
    feedNext();
  }

  /** One that is done makes room for the next at once: hundreds of numbers may be due together. */
  function feedNext(): void {
    while (feedings < atOnceMax) {
      const next = due.shift();
      if (!next) return;
      feedings++;
      next.state.running = feed(next.number, next.state).finally(() => {
        next.state.running = null;
        feedings--;
        feedNext();
      });
    }
  }

  function stateOf({ providerId, messagingLimit }: SendingNumber): FedNumber {
    const state = fed.get(providerId) ?? {
      memory: createFeedMemory(),
      nextAt: 0,
      pauseMs: pauseMsMin,
      failures: 0,
      messagingLimit,
      running: null,
    };
    fed.set(providerId, state);
    return state;
  }

  async function feed(number: SendingNumber, state: FedNumber): Promise<void> {
    const { providerId } = number;
    state.messagingLimit = number.messagingLimit;
    try {
      const feeding = await feedNumber(deps, number, state.memory);
      if (state.failures > 0) {
        deps.log.info({ providerId, failures: state.failures }, "feeding a number goes on");
      }
      state.failures = 0;
      state.pauseMs = pauseAfter(feeding, number, state.pauseMs);
    } catch (error) {
      if (state.failures === 0) {
        deps.log.error({ err: error, providerId }, "feeding a number failed, trying again");
      }
      state.failures++;
      state.pauseMs = Math.min(state.pauseMs * 2, pauseMsMax);
    }
    state.nextAt = performance.now() + state.pauseMs;
  }

  return {
    look,
    async close() {
      due = [];
      await Promise.all([...fed.values()].flatMap(({ running }) => running ?? []));
    },
  };
}

function isDue(number: SendingNumber, state: FedNumber, now: number): boolean {
  if (state.running !== null) return false;
  const isChanged = number.hasNewcomer || number.messagingLimit !== state.messagingLimit;
  return now >= state.nextAt || (isChanged && state.failures === 0);
}

function pauseAfter(
  { queued, enough, fed, isUsedUp }: Feeding,
  { messagesPerSecond }: SendingNumber,
  pauseMs: number,
): number {
  if (queued <= enough) {
    const max = isUsedUp && queued === 0 ? usedUpPauseMsMax : pauseMsMax;
    return fed > 0 ? pauseMsMin : Math.min(pauseMs * 2, max);
  }
  const untilHalfMs = ((queued - enough) / messagesPerSecond) * 1_000;
  return Math.min(Math.max(untilHalfMs, pauseMsMin), pauseMsMax);
}
