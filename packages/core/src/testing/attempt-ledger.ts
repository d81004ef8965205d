import { hasMessage, rank } from "./move-errors.ts";
import type { Snapshot } from "./recipient-history.ts";
import type { News } from "./recipient-news.ts";

type ToldStatus = Pick<News, "recipientId" | "attemptId" | "status">;

const keyOf = (recipientId: string, attemptId: string) => `${recipientId} ${attemptId}`;

/**
 * What the database was told of each attempt, kept apart from it: the highest status. `record` remembers a moment, to which a failover may go back.
 */
export function createLedger() {
  let heard = new Map<string, string>();
  const ever = new Set<string>();
  const past: { snapshot: Snapshot; heard: Map<string, string> }[] = [];
  function hear({ recipientId, attemptId, status }: ToldStatus): void {
    const key = keyOf(recipientId, attemptId);
    ever.add(`${key} ${status}`);
    if ((rank[status] ?? 0) > (rank[heard.get(key) ?? ""] ?? -1)) heard.set(key, status);
  }

  return {
    hear(news: readonly News[]): void {
      for (const each of news) hear(each);
    },
    /** Returns whether this was ever told, though a failover may have lost it. */
    wasTold: ({ recipientId, attemptId, status }: ToldStatus): boolean =>
      ever.has(`${keyOf(recipientId, attemptId)} ${status}`),
    /** Returns whether one of the recipient's attempts has reached the person, as told so far. */
    hasMessage(recipientId: string, attemptIds: readonly string[]): boolean {
      return attemptIds.some((id) => hasMessage(heard.get(keyOf(recipientId, id)) ?? ""));
    },
    record(snapshot: Snapshot): void {
      past.push({ snapshot, heard: new Map(heard) });
    },
    /** Forgets what was told since `back` moments ago, except what the dispatchers remember. */
    goBack(back: number, remembered: readonly ToldStatus[]): Snapshot | null {
      const moment = past.at(-1 - back) ?? past[0];
      if (!moment) return null;
      heard = new Map(moment.heard);
      for (const each of remembered) hear(each);
      return moment.snapshot;
    },
  };
}
