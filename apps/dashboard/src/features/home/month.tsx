"use client";
import type { Overview } from "@/api/types.ts";
import { useFormat } from "@/theme/locale.tsx";
import { Paper, SimpleGrid, Skeleton, Text, Title } from "@mantine/core";
import dynamic from "next/dynamic";

const MonthChart = dynamic(() => import("./month-chart.tsx").then((module) => module.MonthChart), {
  ssr: false,
  loading: () => <Skeleton height={260} />,
});

/** Shows the last 30 days in figures and a chart. */
export function Month({ overview }: { overview: Overview }) {
  const format = useFormat();
  const { totals, days } = overview;
  const all = totals.sent + totals.failed;
  const figures = [
    {
      label: "Sent",
      value: format.number(totals.sent),
      note: `${format.share(totals.failed, all)} failed`,
    },
    {
      label: "Delivered",
      value: format.share(totals.delivered, totals.sent),
      note: format.number(totals.delivered),
    },
    {
      label: "Read",
      value: format.share(totals.read, totals.sent),
      note: format.number(totals.read),
    },
    {
      label: "Replied",
      value: format.share(totals.replied, totals.sent),
      note: format.number(totals.replied),
    },
  ];
  return (
    <Paper withBorder p="md">
      <Title order={2} size="h4" mb="sm">
        The last 30 days
      </Title>
      <SimpleGrid cols={{ base: 2, sm: 4 }} mb="md">
        {figures.map(({ label, value, note }) => (
          <div key={label}>
            <Text size="sm" c="dimmed">
              {label}
            </Text>
            <Text size="xl" fw={700}>
              {value}
            </Text>
            <Text size="xs" c="dimmed">
              {note}
            </Text>
          </div>
        ))}
      </SimpleGrid>
      {all === 0 ? (
        <Text c="dimmed">Nothing was sent in these days.</Text>
      ) : (
        <MonthChart days={days} totals={totals} />
      )}
    </Paper>
  );
}
