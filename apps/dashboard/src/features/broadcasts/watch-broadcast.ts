import type { Broadcast } from "../../api/types.ts";

const reopenMs = 3_000;

/**
 * Tells of a broadcast by server-sent events until it is stopped. Where they don't come it `ask`s (so
 * that the numbers go on, and a session that has ended is noticed) and opens them again. In a
 * page that nobody sees they are closed: browsers keep only six connections to a host.
 */
export function watchBroadcast(
  id: string,
  watcher: {
    onProgress(broadcast: Broadcast): void;
    onConnection(isConnected: boolean): void;
    /** The broadcast as it is; null where it can't be had now. */
    ask(): Promise<Broadcast | null>;
  },
): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let turn = 0;

  function close(): void {
    turn += 1;
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
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as the OpenAPI document says
      watcher.onProgress(JSON.parse(String(event.data)) as Broadcast);
    });
    opened.addEventListener("error", () => {
      if (source !== opened) return;
      watcher.onConnection(false);
      // A broken connection may come back by itself, a refused one is closed for good.
      clearTimeout(timer);
      timer = setTimeout(() => void askAndOpen(), reopenMs);
    });
  }

  async function askAndOpen(): Promise<void> {
    const mine = turn;
    const found = await watcher.ask();
    if (turn !== mine) return;
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
