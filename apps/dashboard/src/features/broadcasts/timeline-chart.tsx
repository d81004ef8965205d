"use client";
import { browserApi, send } from "@/api/browser.ts";
import "@mantine/charts/styles.css";
import type { Broadcast } from "@/api/types.ts";
import { useLoaded } from "@/api/use-loaded.ts";
import { isRunning } from "@/broadcast-progress/counts.ts";
import { useFormat } from "@/theme/locale.tsx";
import { AreaChart } from "@mantine/charts";
import { Box, Skeleton, Text } from "@mantine/core";

const refreshMs = 4_000;
const daySeconds = 86_400;

const series = [
  { name: "sent", label: "Sent", color: "blue.6" },
  { name: "delivered", label: "Delivered", color: "teal.6" },
  { name: "read", label: "Read", color: "green.8" },
  { name: "failed", label: "Failed", color: "red.6" },
];

/** Charts messages sent, delivered, read and failed over time. Reloads when counts change. */
export function TimelineChart({ broadcast }: { broadcast: Broadcast }) {
  const format = useFormat();
  const timeline = useTimeline(broadcast);
  if (timeline === null) return <Skeleton height={300} />;
  const { buckets, bucketSeconds } = timeline;
  if (buckets.length === 0) {
    return (
      <Text c="dimmed" h={300}>
        Nothing was sent yet.
      </Text>
    );
  }
  const isLong = bucketSeconds * buckets.length > daySeconds;
  const timeOf =
    bucketSeconds < 60 ? format.timeWithSeconds : isLong ? format.dateTime : format.time;
  const data = buckets.map(({ startsAt, ...counts }) => ({ ...counts, time: timeOf(startsAt) }));
  return (
    <Box
      role="img"
      aria-label={`Chart: messages in each ${format.duration(bucketSeconds)}. In all ${format.number(broadcast.successfulSends)} sent, ${format.number(broadcast.deliveredCount)} delivered, ${format.number(broadcast.readCount)} read, ${format.number(broadcast.failedSends)} failed.`}
    >
      <AreaChart
        h={270}
        data={data}
        dataKey="time"
        series={series}
        curveType="monotone"
        withDots={false}
        withLegend
        valueFormatter={(value) => format.number(value)}
        areaChartProps={{ accessibilityLayer: false }}
        strokeWidth={2}
        fillOpacity={0.12}
      />
      <Text size="xs" c="dimmed" ta="center" mt={4}>
        in each {format.duration(bucketSeconds)}
      </Text>
    </Box>
  );
}

function useTimeline(broadcast: Broadcast) {
  const { id, successfulSends, deliveredCount, readCount, failedSends } = broadcast;
  const isMoving = isRunning(broadcast);
  const counts = isMoving
    ? "moving"
    : [successfulSends, deliveredCount, readCount, failedSends].join();
  const { data } = useLoaded(
    (signal) => {
      const request = { params: { path: { id } }, signal };
      return send(browserApi.GET("/v1/broadcasts/{id}/timeline", request));
    },
    `${id} ${counts}`,
    isMoving ? refreshMs : undefined,
  );
  return data;
}
