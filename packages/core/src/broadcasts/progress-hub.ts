import type { BroadcastView } from "@loudhailer/contracts/broadcasts.ts";
import type { TenantContext } from "../tenant-context.ts";
import { getBroadcast } from "./get-broadcast.ts";

const runningPollMs = 1_000;
/** Deliveries, reads and replies still come for days. */
const endedPollMs = 5_000;

export interface ProgressHub {
  /**
   * Tells `onProgress` of the broadcast as it is, at once and whenever it changes. `onGone` is called
   * when it can't be read any more. The answer ends it.
   */
  watch(
    ctx: TenantContext,
    broadcastId: string,
    listener: { onProgress(broadcast: BroadcastView): void; onGone(): void },
  ): () => void;
  /** Of an organization. */
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

/** Reads each broadcast that is watched once a second, however many watch it. */
export function createProgressHub(read: typeof getBroadcast = getBroadcast): ProgressHub {
  const watched = new Map<string, Watched>();

  async function poll(broadcastId: string, entry: Watched): Promise<void> {
    // While the database is away the last state stands.
    const broadcast = await read(entry.ctx, broadcastId).catch((error: unknown) =>
      isGone(error) ? "gone" : entry.last,
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

function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "not_found";
}
