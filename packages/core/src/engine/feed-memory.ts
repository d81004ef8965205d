import { randomUUID } from "node:crypto";

/**
 * State of a number that a process keeps between two feedings. Losing it changes only how often the
 * number is fed, not the result.
 */
export interface FeedMemory {
  /** The process, of which one at a time feeds the number. */
  readonly feederId: string;
  /** Whether several of its broadcasts had recipients to feed the last time. */
  isShared: boolean;
  /** When its queue was last emptied for a new broadcast, on performance.now's clock. */
  takenBackAt: number;
  /** When its queue was last compared with the database. */
  comparedAt: number;
  /** Whether the last comparison found more than there was room for. */
  hasMore: boolean;
}

const thisProcess = randomUUID();

export function createFeedMemory(feederId: string = thisProcess): FeedMemory {
  return {
    feederId,
    isShared: false,
    takenBackAt: Number.NEGATIVE_INFINITY,
    comparedAt: Number.NEGATIVE_INFINITY,
    hasMore: false,
  };
}
