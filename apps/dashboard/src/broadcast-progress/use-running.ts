"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { Broadcast } from "@/api/types.ts";
import { isRunning } from "@/broadcast-progress/counts.ts";
import { useEffect, useState } from "react";

const pollMs = 2_000;

/** Returns the broadcasts as they are now. Polls running ones while the page is visible. */
export function useRunning(first: Broadcast[]): Broadcast[] {
  const [known, setKnown] = useState({ first, items: first });
  const items = known.first === first ? known.items : first;
  const running = items.filter(isRunning).map(({ id }) => id);
  const key = running.join(" ");
  useEffect(() => {
    if (key === "") return;
    const timer = setInterval(() => {
      if (!document.hidden) void refresh();
    }, pollMs);
    async function refresh(): Promise<void> {
      const found = await Promise.all(
        key
          .split(" ")
          .map((id) =>
            send(browserApi.GET("/v1/broadcasts/{id}", { params: { path: { id } } })).catch(
              () => null,
            ),
          ),
      );
      setKnown((before) => {
        const current = before.first === first ? before.items : first;
        return {
          first,
          items: current.map((item) => found.find((other) => other?.id === item.id) ?? item),
        };
      });
    }
    return () => clearInterval(timer);
  }, [key, first]);
  return items;
}
