import { LRUCache } from "lru-cache";

export interface RowRefusals {
  /**
   * Counts one answer of Meta to a broadcast's message. Returns true if most of the last ones were
   * refusals of their rows' values: the cause isn't single rows then. Counting starts over.
   */
  isSystematic(broadcastId: string, isRowRefused: boolean): boolean;
}

/**
 * Refusals count as single bad rows unless at least `refusedMin`, and most, of the last `lastMax`
 * answers are refusals.
 */
const lastMax = 50;
const refusedMin = 20;

export function watchRowRefusals(): RowRefusals {
  const last = new LRUCache<string, boolean[]>({ max: 500 });
  return {
    isSystematic(broadcastId, isRowRefused) {
      const answers = last.get(broadcastId) ?? [];
      // A broadcast without refusals costs nothing.
      if (!isRowRefused && answers.length === 0) return false;
      answers.push(isRowRefused);
      if (answers.length > lastMax) answers.shift();
      const refused = answers.filter(Boolean).length;
      const isSystematic = refused >= refusedMin && refused > answers.length / 2;
      if (isSystematic || refused === 0) last.delete(broadcastId);
      else last.set(broadcastId, answers);
      return isSystematic;
    },
  };
}
