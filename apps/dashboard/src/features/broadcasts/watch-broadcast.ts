import type { Broadcast } from "../../api/types.ts";

const reopenMs = 3_000;

/**
 * Follows a broadcast by server-sent events until the returned function is called. If the events
 * fail, calls `load` (which updates the counts and notices an ended session) and reconnects. Closes
 * the connection while the page is hidden: browsers keep only six connections to a host.
 */
export function watchBroadcast(
  id: string,
  watcher: {
    onProgress(broadcast: Broadcast): void;
    onConnection(isConnected: boolean): void;
    /** Loads the broadcast as it is now; null if that fails. */
    load(): Promise<Broadcast | null>;
  },
): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let connection = 0;

  function close(): void {
    connection += 1;
    clearTimeout(timer);
    source?.close();
    source = null;
  }

  function open(): void {
    close();
    const opened = new EventSource(`/v1/broadcasts/${id}/events`);
    source = opened;
    opened.addEventListener("progress", (event) => {
      if (source !== opened) return;
      clearTimeout(timer);
      watcher.onConnection(true);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as in the OpenAPI document
      watcher.onProgress(JSON.parse(String(event.data)) as Broadcast);
    });
    opened.addEventListener("error", () => {
      if (source !== opened) return;
      watcher.onConnection(false);
      // The browser reopens a broken connection automatically; a refused one stays closed.
      clearTimeout(timer);
      timer = setTimeout(() => void loadAndOpen(), reopenMs);
    });
  }

  async function loadAndOpen(): Promise<void> {
    const startedOn = connection;
    const found = await watcher.load();
    if (connection !== startedOn) return;
    if (found !== null) watcher.onProgress(found);
    open();
  }

  function follow(): void {
    if (document.hidden) close();
    else open();
  }

  follow();
  document.addEventListener("visibilitychange", follow);
  return () => {
    document.removeEventListener("visibilitychange", follow);
    close();
  };
}
