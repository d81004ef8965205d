import { ruleFor } from "@loudhailer/whatsapp/error-taxonomy.ts";
import type { SendOutcome } from "@loudhailer/whatsapp/send-outcome.ts";

/** Holds messages back while Meta doesn't answer; see `createCircuitBreaker`. */
export interface CircuitBreaker {
  /** Resolves with true once a message may be sent, or with false when this process stops. */
  pass(): Promise<boolean>;
  report(outcome: SendOutcome): void;
  /** Returns the moment since which Meta hasn't answered; null while it does. */
  awaySince(): Date | null;
  stop(): void;
}

/**
 * Meta is away if most requests of the last `windowSeconds`, and at least `awayMin`, met an outage,
 * or if `inARowMin` did in a row.
 */
const windowSeconds = 10;
const awayMin = 10;
const inARowMin = 10;
/** Wait before the first message that probes Meta; later waits grow to `probeMsMax`. */
const probeMs = 1_000;
const probeMsMax = 5_000;

/**
 * Creates a circuit breaker for one number at one Graph host. While it is open nothing of the number
 * is claimed, so that an outage uses up no attempts and leaves hardly any recipient unknown, and
 * single messages probe whether Meta is back. One number's outage doesn't stop the others.
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

  function releaseAll(mayGo: boolean): void {
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
    releaseAll(true);
  }

  return {
    pass() {
      if (isStopped) return Promise.resolve(false);
      if (since === null) return Promise.resolve(true);
      return new Promise((resolve) => waiting.push(resolve));
    },
    report(outcome) {
      if (isStopped) return;
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
      releaseAll(false);
    },
  };
}

/** Returns whether Graph gave no answer at all, or one that reports a problem of its own. */
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

/** Counts the outcomes of the last seconds, with one bucket per second. */
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
