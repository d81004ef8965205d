import { isUnexpected } from "@loudhailer/db/database-failure.ts";
import { findSendingNumbers, type SendingNumber } from "@loudhailer/pacing/find-sending-numbers.ts";
import { feedingsMax, feedMsMax, feedMsMin, usedUpMsMax } from "@loudhailer/pacing/tuning.ts";
import type { EngineDeps } from "./engine-deps.ts";
import { feedApart } from "./feed-apart.ts";
import { createFeedMemory, type FeedMemory } from "./feed-memory.ts";
import { feedNumber, type Feeding } from "./feed-number.ts";

interface FedNumber {
  memory: FeedMemory;
  /** Time of the next feeding, on performance.now's clock. */
  nextAt: number;
  /** The last pause, which doubles while nothing is fed or feedings fail. */
  pauseMs: number;
  failures: number;
  /** Limit at the last feeding; a number whose limit has changed since is fed at once. */
  messagingLimit: string | null;
  running: Promise<void> | null;
}

export interface NumberFeeder {
  /** Starts feeding the numbers that are due without waiting for the feedings. */
  feedDue(): Promise<void>;
  /** Waits for the running feedings. */
  close(): Promise<void>;
}

/**
 * Feeds many numbers, a few at the same time. A number that hangs or fails takes up one place, and
 * the others continue. A number is fed again when its queue may be half empty, or after a second at
 * most, unless its messaging limit is used up.
 */
export function openNumberFeeder(deps: EngineDeps): NumberFeeder {
  const fed = new Map<string, FedNumber>();
  let due: { number: SendingNumber; state: FedNumber }[] = [];
  let feedings = 0;

  async function feedDue(): Promise<void> {
    const sending = await findSendingNumbers(deps.engineDb);
    const numbers = sending.numbers.filter(({ heldMs }) => heldMs === 0);
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

  /**
   * Fills the free places with due numbers. A finished feeding starts the next one at once, because
   * hundreds of numbers may be due together.
   */
  function feedNext(): void {
    while (feedings < feedingsMax) {
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
      pauseMs: feedMsMin,
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
      await isolate(number, error);
      state.pauseMs = Math.min(state.pauseMs * 2, feedMsMax);
    }
    state.nextAt = performance.now() + state.pauseMs;
  }

  /** Keeps a broadcast that can't be fed from holding up the number's other ones. */
  async function isolate(number: SendingNumber, error: unknown): Promise<void> {
    if (!isUnexpected(error)) return;
    const { providerId } = number;
    await feedApart(deps, number).catch((failure: unknown) =>
      deps.log.error(
        { err: failure, providerId },
        "the number's broadcasts could not be fed apart",
      ),
    );
  }

  return {
    feedDue,
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
    const max = isUsedUp && queued === 0 ? usedUpMsMax : feedMsMax;
    return fed > 0 ? feedMsMin : Math.min(pauseMs * 2, max);
  }
  const untilHalfMs = ((queued - enough) / messagesPerSecond) * 1_000;
  return Math.min(Math.max(untilHalfMs, feedMsMin), feedMsMax);
}
