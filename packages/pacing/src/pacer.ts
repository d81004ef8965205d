import {
  burstMs,
  catchUpFactor,
  catchUpMsMax,
  claimAheadMs,
  claimAheadShare,
  windowMs,
} from "./tuning.ts";

/** Permission for one message to leave. */
export interface Departure {
  /**
   * Must be asked at the moment of writing. Returns false if the number has lost its owner or is on
   * hold meanwhile: the message must not leave then. Otherwise it counts from now on.
   */
  mayLeave(): boolean;
  /** Must be called once the message has left or certainly won't. */
  end(): void;
  /** Moment at which the message left, on performance.now's clock; null if it didn't. */
  leftAt(): number | null;
}

/** The pace of one number, which this process owns. All moments are on performance.now's clock. */
export interface Pacer {
  /** Resolves in the order of the calls. Null if the message must not leave from here soon. */
  wait(): Promise<Departure | null>;
  /** Returns how many more messages may be claimed, since they leave soon. */
  room(): number;
  /** Returns the moment from which there is room. Infinity if only a setter can make some. */
  roomAt(): number;
  /** Messages that wait beyond the room of a lower rate get null. */
  setRate(messagesPerSecond: number): void;
  /** Sets the moment until which this process owns the number. */
  ownUntil(at: number): void;
  /** Lets nothing leave before the moment. What waits gets null. */
  holdUntil(at: number): void;
  /** Leaves one message per second to another process until the moment. */
  lendUntil(at: number): void;
  /** Records that Meta refused the message that left at `at` as one too many. */
  refused(at: number): void;
  /** Returns how many messages left in the second before `at`, and how many were refused. */
  secondBefore(at: number): { left: number; refused: number };
  /** Milliseconds until the last message is more than a second old. */
  restMs(): number;
  /** Lets nothing leave any more. What waits gets null. */
  close(): void;
}

/** How long messages are remembered; a later answer finds no messages in its second. */
const rememberedMs = 5_000;

/**
 * Lets one number's messages leave evenly, and never more in a rolling second than the rate. A
 * message counts from the moment at which it was written, and until then as one that leaves now. So
 * the limit holds however long a connection takes. After a delay of its own the pacer catches up
 * within the limit.
 */
export function createPacer(
  messagesPerSecond: number,
  now: () => number = () => performance.now(),
): Pacer {
  const waiting: ((departure: Departure | null) => void)[] = [];
  const left = createRecentTimes();
  const refused = createRecentTimes();
  let rate = messagesPerSecond;
  let unwritten = 0;
  /** When the next message leaves if nothing is late. */
  let nextAt = 0;
  let notBefore = 0;
  let ownedUntil = Number.POSITIVE_INFINITY;
  let heldUntil = 0;
  let lentUntil = 0;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  const intervalMs = () => windowMs / rate;
  const aheadMs = () => Math.max(claimAheadMs, intervalMs() * claimAheadShare);

  /** Returns when one more message fits into the second before it. */
  function freeAt(at: number): number {
    const limit = at < lentUntil ? rate - 1 : rate;
    const others = limit - unwritten;
    if (others < 1) return limit < 1 ? lentUntil : Number.POSITIVE_INFINITY;
    return left.fromLast(others) + windowMs;
  }

  function leaveAt(at: number): number {
    if (Math.max(at, heldUntil) >= ownedUntil) return Number.POSITIVE_INFINITY;
    return Math.max(nextAt, notBefore - burstMs, heldUntil, freeAt(at));
  }

  function release(): void {
    clearTimeout(timer);
    while (waiting.length > 0) {
      const at = now();
      nextAt = Math.max(nextAt, at - catchUpMsMax);
      const due = leaveAt(at);
      if (due > at) {
        if (due < Number.POSITIVE_INFINITY) timer = setTimeout(release, due - at);
        return;
      }
      nextAt += intervalMs();
      notBefore = Math.max(notBefore, at) + intervalMs() / catchUpFactor;
      unwritten++;
      waiting.shift()?.(createDeparture());
    }
  }

  function createDeparture(): Departure {
    let leftAt: number | null = null;
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      unwritten--;
      // The others waited for this one if nothing else limited them.
      if (unwritten + 2 >= rate) release();
    };
    return {
      mayLeave() {
        const at = now();
        if (isOver || at >= ownedUntil || at < heldUntil) return false;
        leftAt = at;
        left.add(at);
        end();
        return true;
      },
      end,
      leftAt: () => leftAt,
    };
  }

  function dropWaiting(from: number): void {
    for (const resolve of waiting.splice(from)) resolve(null);
  }

  /** Returns when a message leaves that joins the waiting ones. */
  function nextRoomAt(): number {
    const at = now();
    const first = Math.max(at, nextAt, heldUntil, freeAt(at));
    return first >= ownedUntil ? Number.POSITIVE_INFINITY : first + waiting.length * intervalMs();
  }

  return {
    wait() {
      if (isClosed) return Promise.resolve(null);
      const { promise, resolve } = Promise.withResolvers<Departure | null>();
      waiting.push(resolve);
      if (waiting.length === 1) release();
      return promise;
    },
    room() {
      const ahead = Math.min(now() + aheadMs(), ownedUntil) - nextRoomAt();
      return ahead < 0 ? 0 : Math.floor(ahead / intervalMs()) + 1;
    },
    roomAt: () => nextRoomAt() - aheadMs(),
    setRate(value) {
      const isLower = value < rate;
      nextAt = Math.min(nextAt, now() + windowMs / value);
      rate = value;
      if (isLower) dropWaiting(Math.ceil((rate * 2 * claimAheadMs) / 1_000));
      release();
    },
    ownUntil(at) {
      ownedUntil = at;
      release();
    },
    holdUntil(at) {
      heldUntil = at;
      if (at > now()) dropWaiting(0);
    },
    lendUntil(at) {
      lentUntil = at;
    },
    refused: (at) => refused.add(at),
    secondBefore: (at) => ({ left: left.countBefore(at), refused: refused.countBefore(at) }),
    restMs: () => Math.max(0, left.fromLast(1) + windowMs - now()),
    close() {
      isClosed = true;
      ownedUntil = 0;
      clearTimeout(timer);
      dropWaiting(0);
    },
  };
}

/** Moments in order, oldest first. */
function createRecentTimes() {
  let times: number[] = [];
  let oldest = 0;
  return {
    add(at: number): void {
      while ((times[oldest] ?? at) <= at - rememberedMs) oldest++;
      if (oldest > 1_000 && oldest > times.length / 2) {
        times = times.slice(oldest);
        oldest = 0;
      }
      times.push(at);
    },
    /** Returns the `n`th moment from the last; minus infinity if there are fewer. */
    fromLast: (n: number) => times[times.length - n] ?? Number.NEGATIVE_INFINITY,
    countBefore: (at: number) => times.filter((time) => time > at - 1_000 && time < at).length,
  };
}
