"use client";
import { useEffect, useRef, useState } from "react";
import { browserApi, send } from "@/api/browser.ts";
import type { Broadcast } from "@/api/types.ts";
import { doneCount, isRunning, rateBetween } from "@/broadcast-progress/counts.ts";

const reopenMs = 3_000;
const rateWindowMs = 4_000;

/**
 * A broadcast as it is now, by server-sent events. Where they break off it is asked for once (so
 * that a session that has ended is noticed) and they are opened again.
 */
export function useBroadcast(first: Broadcast) {
  const [broadcast, setBroadcast] = useState(first);
  const [isConnected, setConnected] = useState(true);
  const [rate, setRate] = useState<number | null>(null);
  const looks = useRef<{ at: number; done: number }[]>([]);
  useEffect(() => {
    let source: EventSource | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    function take(next: Broadcast): void {
      setBroadcast(next);
      setConnected(true);
      const now = { at: Date.now(), done: doneCount(next) };
      const recent = looks.current.filter(({ at }) => now.at - at <= rateWindowMs);
      setRate(isRunning(next) ? rateBetween(recent[0], now) : null);
      looks.current = [...recent, now];
    }
    function open(): void {
      source = new EventSource(`/v1/broadcasts/${first.id}/events`);
      source.addEventListener("progress", (event) => {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as the OpenAPI document says
        take(JSON.parse(String(event.data)) as Broadcast);
      });
      source.addEventListener("error", () => {
        setConnected(false);
        // A broken connection comes back by itself; a refused one is closed for good.
        if (source?.readyState === EventSource.CLOSED)
          timer = setTimeout(() => void ask(), reopenMs);
      });
    }
    async function ask(): Promise<void> {
      const params = { path: { id: first.id } };
      const found = await send(browserApi.GET("/v1/broadcasts/{id}", { params })).catch(() => null);
      if (isOver) return;
      if (found !== null) take(found);
      open();
    }
    open();
    return () => {
      isOver = true;
      clearTimeout(timer);
      source?.close();
    };
  }, [first.id]);
  return { broadcast, isConnected, rate, take: setBroadcast };
}
