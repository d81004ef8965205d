"use client";
import type { Broadcast } from "@/api/types.ts";
import { doneCount, isRunning, secondsLeft } from "@/broadcast-progress/counts.ts";
import { ProgressBar } from "@/broadcast-progress/progress-bar.tsx";
import { useRunning } from "@/broadcast-progress/use-running.ts";
import { useFormat } from "@/theme/locale.tsx";
import { Card } from "@/ui/card.tsx";
import { StatusBadge } from "@/ui/status-badge.tsx";
import { TextLink } from "@/ui/text-link.tsx";
import { Group, Stack, Text } from "@mantine/core";

/** Lists broadcasts that are preparing, sending or paused. */
export function RunningNow({ first }: { first: Broadcast[] }) {
  const format = useFormat();
  const broadcasts = useRunning(first);
  return (
    <Card title="Now">
      {broadcasts.length === 0 && <Text c="dimmed">Nothing is being sent.</Text>}
      <Stack>
        {broadcasts.map((broadcast) => {
          const left = isRunning(broadcast)
            ? secondsLeft(broadcast, broadcast.messagesPerSecond)
            : null;
          return (
            <div key={broadcast.id}>
              <Group justify="space-between" gap="xs" mb={6}>
                <Group gap="xs">
                  <TextLink href={`/broadcasts/${broadcast.id}`} fw={600}>
                    {broadcast.name}
                  </TextLink>
                  <StatusBadge status={broadcast.status} />
                </Group>
                <Text size="sm" c="dimmed">
                  {format.number(doneCount(broadcast))} of{" "}
                  {format.number(broadcast.totalRecipients)}
                  {left !== null && `, about ${format.duration(left)} left`}
                </Text>
              </Group>
              <ProgressBar broadcast={broadcast} />
            </div>
          );
        })}
      </Stack>
    </Card>
  );
}
