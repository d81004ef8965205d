"use client";
import { browserApi, send } from "@/api/browser.ts";
import { useFormat } from "@/theme/locale.tsx";
import { Skeleton, Text } from "@mantine/core";
import { useEffect, useState } from "react";

/** Shows how many contacts a segment has now. Counts them after the page has loaded. */
export function SegmentCount({ id }: { id: string }) {
  const format = useFormat();
  const [count, setCount] = useState<number | null | "unknown">(null);
  useEffect(() => {
    const aborted = new AbortController();
    async function ask(): Promise<void> {
      try {
        const request = { params: { path: { id } }, signal: aborted.signal };
        const preview = await send(browserApi.POST("/v1/segments/{id}/preview", request));
        setCount(preview.count);
      } catch {
        if (!aborted.signal.aborted) setCount("unknown");
      }
    }
    void ask();
    return () => aborted.abort();
  }, [id]);
  if (count === null) return <Skeleton height={20} width={70} />;
  return (
    <Text size="sm" span>
      {count === "unknown" ? "Can't be counted now" : format.number(count)}
    </Text>
  );
}
