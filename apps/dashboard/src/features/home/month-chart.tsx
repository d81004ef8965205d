"use client";
import "@mantine/charts/styles.css";
import type { Overview } from "@/api/types.ts";
import { useFormat } from "@/theme/locale.tsx";
import { BarChart } from "@mantine/charts";
import { Box } from "@mantine/core";

const series = [
  { name: "delivered", label: "Delivered", color: "teal.6" },
  { name: "read", label: "Read", color: "green.8" },
  { name: "failed", label: "Failed", color: "red.6" },
];

/** Charts the messages delivered, read and failed on each of the last days. */
export function MonthChart({ days, totals }: Pick<Overview, "days" | "totals">) {
  const format = useFormat();
  return (
    <Box
      role="img"
      aria-label={`Chart of the last ${days.length} days: ${format.number(totals.delivered)} delivered, ${format.number(totals.read)} read, ${format.number(totals.failed)} failed.`}
    >
      <BarChart
        h={260}
        data={days.map(({ date, ...counts }) => ({ ...counts, day: format.day(date) }))}
        dataKey="day"
        series={series}
        withLegend
        valueFormatter={(value) => format.number(value)}
        barChartProps={{ accessibilityLayer: false }}
      />
    </Box>
  );
}
