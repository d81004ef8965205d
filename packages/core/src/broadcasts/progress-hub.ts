import type { BroadcastView } from "@loudhailer/contracts/broadcasts.ts";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";
import { getBroadcast } from "./get-broadcast.ts";

const runningPollMs = 1_000;
/** Poll interval of an ended broadcast, whose deliveries, reads, and replies arrive for days. */
const endedPollMs = 5_000;

export interface ProgressHub {
  /**
   * Calls `onProgress` with the broadcast's current state and whenever it changes, and `onGone` if
   * the broadcast no longer exists or the hub closes. Returns a function that stops watching.
   */
  watch(
    ctx: TenantContext,
    broadcastId: string,
    listener: { onProgress(broadcast: BroadcastView): void; onGone(): void },
  ): () => void;
  /** Returns the number of an organization's listeners. */
  watchers(organizationId: string): number;
  close(): void;
}

type Listener = Parameters<ProgressHub["watch"]>[2];

interface Watched {
  ctx: TenantContext;
  listeners: Set<Listener>;
  last: BroadcastView | null;
  timer: NodeJS.Timeout | null;
}

/**
 * Opens a hub that reads each watched broadcast once a second, and an ended one every 5 s,
 * regardless of the number of listeners.
 */
export function openProgressHub(read: typeof getBroadcast = getBroadcast): ProgressHub {
  const watched = new Map<string, Watched>();

  async function poll(broadcastId: string, entry: Watched): Promise<void> {
    // Keeps the last state while the database is unreachable.
    const broadcast = await read(entry.ctx, broadcastId).catch((error: unknown) =>
      error instanceof DomainError && error.code === "not_found" ? "gone" : entry.last,
    );
    if (watched.get(broadcastId) !== entry) return;
    if (broadcast === "gone") {
      watched.delete(broadcastId);
      for (const { onGone } of entry.listeners) onGone();
      return;
    }
    if (broadcast !== null && JSON.stringify(broadcast) !== JSON.stringify(entry.last)) {
      entry.last = broadcast;
      for (const { onProgress } of entry.listeners) onProgress(broadcast);
    }
    const hasEnded = broadcast !== null && (broadcast.completedAt ?? broadcast.failedAt) !== null;
    entry.timer = setTimeout(
      () => void poll(broadcastId, entry),
      hasEnded ? endedPollMs : runningPollMs,
    );
  }

  return {
    watch(ctx, broadcastId, listener) {
      let entry = watched.get(broadcastId);
      if (!entry) {
        entry = { ctx, listeners: new Set(), last: null, timer: null };
        watched.set(broadcastId, entry);
        void poll(broadcastId, entry);
      } else if (entry.last) {
        listener.onProgress(entry.last);
      }
      const { listeners } = entry;
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0 || watched.get(broadcastId)?.listeners !== listeners) return;
        clearTimeout(watched.get(broadcastId)?.timer ?? undefined);
        watched.delete(broadcastId);
      };
    },
    watchers: (organizationId) =>
      [...watched.values()]
        .filter(({ ctx }) => ctx.organizationId === organizationId)
        .reduce((sum, { listeners }) => sum + listeners.size, 0),
    close() {
      for (const { timer, listeners } of watched.values()) {
        clearTimeout(timer ?? undefined);
        for (const { onGone } of listeners) onGone();
      }
      watched.clear();
    },
  };
}
