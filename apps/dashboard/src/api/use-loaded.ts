"use client";
import { useEffect, useState } from "react";
import { ApiError } from "./api-error.ts";

interface Loaded<T> {
  /** The last loaded data; null before. */
  data: T | null;
  /** Error of the last load; null if it succeeded. */
  error: unknown;
  isLoading: boolean;
}

/**
 * Loads what a component shows, again when `key` changes and every `everyMs`. Another key aborts
 * the loads of the one before. The data stays until there is newer data. Loads nothing if `load` is
 * null.
 */
export function useLoaded<T>(
  load: ((signal: AbortSignal) => Promise<T>) | null,
  key: string,
  everyMs?: number,
) {
  const [loaded, setLoaded] = useState<Loaded<T>>({ data: null, error: null, isLoading: true });
  const [reloads, setReloads] = useState(0);
  useEffect(() => {
    if (load === null) return;
    let current = new AbortController();
    function refresh(read: (signal: AbortSignal) => Promise<T>): void {
      // A slow earlier load must not replace the data of a later one.
      current.abort();
      current = new AbortController();
      const { signal } = current;
      const finish = (outcome: Partial<Loaded<T>>) => {
        if (!signal.aborted) setLoaded((before) => ({ ...before, ...outcome, isLoading: false }));
      };
      setLoaded((before) => ({ ...before, isLoading: true }));
      read(signal).then(
        (data) => finish({ data, error: null }),
        (error: unknown) => finish({ error }),
      );
    }
    refresh(load);
    const timer = everyMs === undefined ? undefined : setInterval(refresh, everyMs, load);
    return () => {
      current.abort();
      clearInterval(timer);
    };
    // oxlint-disable-next-line react/exhaustive-deps -- `key` stands for what `load` depends on
  }, [key, reloads, everyMs]);
  return { ...loaded, reload: () => setReloads((times) => times + 1) };
}

/** Returns the API's message from an error; `fallback` if it isn't an error of the API. */
export function errorMessage(error: unknown, fallback: string): string {
  return error instanceof ApiError ? error.message : fallback;
}
