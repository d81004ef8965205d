"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { Broadcast } from "@/api/types.ts";
import { doneCount, isRunning, rateBetween } from "@/broadcast-progress/counts.ts";
import { useEffect, useRef, useState } from "react";
import { watchBroadcast } from "./watch-broadcast.ts";

const rateWindowMs = 4_000;

/** Returns the broadcast as it is now and its messages per second, null without recent progress. */
export function useBroadcast(first: Broadcast) {
  const [broadcast, setBroadcast] = useState(first);
  const [isConnected, setConnected] = useState(true);
  const [rate, setRate] = useState<number | null>(null);
  const readings = useRef<{ at: number; done: number }[]>([]);
  useEffect(() => {
    let stale: ReturnType<typeof setTimeout> | undefined;
    function applyProgress(next: Broadcast): void {
      setBroadcast(next);
      const now = { at: Date.now(), done: doneCount(next) };
      const recent = readings.current.filter(({ at }) => now.at - at <= rateWindowMs);
      setRate(isRunning(next) ? rateBetween(recent[0], now) : null);
      readings.current = [...recent, now];
      // No event arrives while nothing changes, so the rate expires.
      clearTimeout(stale);
      stale = setTimeout(() => setRate(null), rateWindowMs);
    }
    const params = { path: { id: first.id } };
    const stop = watchBroadcast(first.id, {
      onProgress: applyProgress,
      onConnection: setConnected,
      load: () => send(browserApi.GET("/v1/broadcasts/{id}", { params })).catch(() => null),
    });
    return () => {
      clearTimeout(stale);
      stop();
    };
  }, [first.id]);
  return { broadcast, isConnected, rate, replace: setBroadcast };
}
