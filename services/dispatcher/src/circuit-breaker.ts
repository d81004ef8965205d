import { ruleFor } from "@loudhailer/whatsapp/error-taxonomy.ts";
import type { SendOutcome } from "@loudhailer/whatsapp/send-outcome.ts";

/** Keeps messages back while Meta doesn't answer: see `createCircuitBreaker`. */
export interface CircuitBreaker {
  /** Resolves with true once a message may go; with false when this process stops. */
  pass(): Promise<boolean>;
  report(outcome: SendOutcome): void;
  /** Since when Meta hasn't answered; null while it does. */
  awaySince(): Date | null;
  stop(): void;
}

/**
 * Meta is away when most of the last seconds' requests, and at least so many, came to nothing; or
 * so many one after the other.
 */
const windowSeconds = 10;
const awayMin = 10;
const inARowMin = 20;
/** Then one message tries it after a second, and after pauses that grow to 5 s. */
const probeMs = 1_000;
const probeMsMax = 5_000;

/**
 * A circuit breaker for one Graph host. While it is open nothing is claimed, so that an outage
 * uses up nobody's attempts and leaves hardly anyone unknown; one message now and then tries
 * whether Meta is back. It counts over all numbers: one that hangs alone doesn't stop the others.
 */
export function createCircuitBreaker(
  onChange: (isAway: boolean) => void,
  now: () => number = () => performance.now(),
): CircuitBreaker {
  const recent = createRecentOutcomes(now);
  let inARow = 0;
  let waiting: ((mayGo: boolean) => void)[] = [];
  let since: Date | null = null;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  function open(): void {
    since = new Date();
    onChange(true);
    probeAfter(probeMs);
  }

  function probeAfter(ms: number): void {
    timer = setTimeout(() => {
      waiting.shift()?.(true);
      probeAfter(Math.min(ms * 2, probeMsMax));
    }, ms);
  }

  function letAll(mayGo: boolean): void {
    clearTimeout(timer);
    const all = waiting;
    waiting = [];
    for (const resolve of all) resolve(mayGo);
  }

  function recover(): void {
    since = null;
    recent.forget();
    inARow = 0;
    onChange(false);
    letAll(true);
  }

  return {
    pass() {
      if (isStopped) return Promise.resolve(false);
      if (since === null) return Promise.resolve(true);
      return new Promise((resolve) => waiting.push(resolve));
    },
    report(outcome) {
      const isAway = isOutage(outcome);
      if (since !== null) {
        if (!isAway) recover();
        return;
      }
      const { answered, away } = recent.add(isAway);
      inARow = isAway ? inARow + 1 : 0;
      if (inARow >= inARowMin || (isAway && away >= awayMin && away > answered)) open();
    },
    awaySince: () => since,
    stop() {
      isStopped = true;
      letAll(false);
    },
  };
}

/** No answer of Graph's at all, or one that says it is in trouble itself. */
function isOutage(outcome: SendOutcome): boolean {
  switch (outcome.kind) {
    case "accepted":
      return false;
    case "refused": {
      const { code, subcode, httpStatus, disposition } = outcome.error;
      const isMetas = httpStatus >= 500 || ruleFor(code, subcode).scope === "platform";
      return disposition.kind === "retry" && isMetas;
    }
    case "not-sent":
    case "unknown":
      return true;
    default:
      return outcome satisfies never;
  }
}

/** Counts of the last seconds, a bucket each. */
function createRecentOutcomes(now: () => number) {
  const empty = { second: -1, answered: 0, away: 0 };
  const buckets = Array.from({ length: windowSeconds }, () => ({ ...empty }));
  return {
    add(isAway: boolean): { answered: number; away: number } {
      const second = Math.floor(now() / 1_000);
      const bucket = buckets[second % windowSeconds];
      if (bucket) {
        if (bucket.second !== second) Object.assign(bucket, empty, { second });
        bucket[isAway ? "away" : "answered"]++;
      }
      const sum = { answered: 0, away: 0 };
      for (const { second: then, answered, away } of buckets) {
        if (then <= second - windowSeconds) continue;
        sum.answered += answered;
        sum.away += away;
      }
      return sum;
    },
    forget(): void {
      for (const bucket of buckets) Object.assign(bucket, empty);
    },
  };
}
