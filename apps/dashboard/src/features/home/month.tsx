"use client";
import type { Overview } from "@/api/types.ts";
import { useFormat } from "@/theme/locale.tsx";
import { Card } from "@/ui/card.tsx";
import { Figure } from "@/ui/figure.tsx";
import { SimpleGrid, Skeleton, Text } from "@mantine/core";
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
    <Card title="The last 30 days">
      <SimpleGrid cols={{ base: 2, sm: 4 }} mb="md">
        {figures.map((figure) => (
          <Figure key={figure.label} {...figure} />
        ))}
      </SimpleGrid>
      {all === 0 ? (
        <Text c="dimmed">Nothing was sent in these days.</Text>
      ) : (
        <MonthChart days={days} totals={totals} />
      )}
    </Card>
  );
}
