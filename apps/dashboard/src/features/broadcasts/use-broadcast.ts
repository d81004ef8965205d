"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { Broadcast } from "@/api/types.ts";
import { doneCount, isRunning, rateBetween } from "@/broadcast-progress/counts.ts";
import { useEffect, useRef, useState } from "react";
import { watchBroadcast } from "./watch-broadcast.ts";

const rateWindowMs = 4_000;

/** A broadcast as it is now, and how fast it is; `rate` is null where nothing has moved lately. */
export function useBroadcast(first: Broadcast) {
  const [broadcast, setBroadcast] = useState(first);
  const [isConnected, setConnected] = useState(true);
  const [rate, setRate] = useState<number | null>(null);
  const looks = useRef<{ at: number; done: number }[]>([]);
  useEffect(() => {
    let stale: ReturnType<typeof setTimeout> | undefined;
    function take(next: Broadcast): void {
      setBroadcast(next);
      const now = { at: Date.now(), done: doneCount(next) };
      const recent = looks.current.filter(({ at }) => now.at - at <= rateWindowMs);
      setRate(isRunning(next) ? rateBetween(recent[0], now) : null);
      looks.current = [...recent, now];
      // Nothing is told while nothing changes.
      clearTimeout(stale);
      stale = setTimeout(() => setRate(null), rateWindowMs);
    }
    const params = { path: { id: first.id } };
    const stop = watchBroadcast(first.id, {
      onProgress: take,
      onConnection: setConnected,
      ask: () => send(browserApi.GET("/v1/broadcasts/{id}", { params })).catch(() => null),
    });
    return () => {
      clearTimeout(stale);
      stop();
    };
  }, [first.id]);
  return { broadcast, isConnected, rate, take: setBroadcast };
}
