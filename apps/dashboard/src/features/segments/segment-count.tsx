"use client";
import { browserApi, send } from "@/api/browser.ts";
import { useLoaded } from "@/api/use-loaded.ts";
import { useFormat } from "@/theme/locale.tsx";
import { Skeleton, Text } from "@mantine/core";

/** Shows how many contacts a segment has now. Counts them after the page has loaded. */
export function SegmentCount({ id }: { id: string }) {
  const format = useFormat();
  const { data, error } = useLoaded((signal) => {
    const request = { params: { path: { id } }, signal };
    return send(browserApi.POST("/v1/segments/{id}/preview", request));
  }, id);
  if (data === null && error === null) return <Skeleton height={20} width={70} />;
  return (
    <Text size="sm" span>
      {data === null ? "Can't be counted now" : format.number(data.count)}
    </Text>
  );
}
