import type { Broadcast } from "@/api/types.ts";
import { doneCount, isRunning, secondsLeft } from "@/broadcast-progress/counts.ts";
import { ProgressBar } from "@/broadcast-progress/progress-bar.tsx";
import { DateTime } from "@/theme/date-time.tsx";
import { useFormat } from "@/theme/locale.tsx";
import { Group, Stack, Text } from "@mantine/core";

/** Shows a broadcast's progress, its rate, and the time left or taken. */
export function ProgressLine({ broadcast, rate }: { broadcast: Broadcast; rate: number | null }) {
  const format = useFormat();
  const running = isRunning(broadcast);
  return (
    <Stack gap={8}>
      <Group justify="space-between">
        <Text fw={600}>
          {format.number(doneCount(broadcast))} of {format.number(broadcast.totalRecipients)}
        </Text>
        <Text size="sm" c="dimmed">
          {running ? (
            <Speed broadcast={broadcast} rate={rate} />
          ) : (
            <Duration broadcast={broadcast} />
          )}
        </Text>
      </Group>
      <ProgressBar broadcast={broadcast} large />
    </Stack>
  );
}

function Speed({ broadcast, rate }: { broadcast: Broadcast; rate: number | null }) {
  const format = useFormat();
  const { waiting, messagesPerSecond } = broadcast;
  // The rate gives no estimate while the broadcast waits.
  if (waiting !== null) return null;
  const isMoving = rate !== null && rate > 0;
  const left = secondsLeft(broadcast, isMoving ? rate : messagesPerSecond);
  return [
    isMoving && `${format.number(Math.max(1, Math.round(rate)))} messages a second`,
    left !== null && `about ${format.duration(left)} left`,
  ]
    .filter(Boolean)
    .join(", ");
}

function Duration({ broadcast: { startedAt, completedAt } }: { broadcast: Broadcast }) {
  const format = useFormat();
  if (startedAt === null || completedAt === null) return null;
  return (
    <>
      Took {format.duration((Date.parse(completedAt) - Date.parse(startedAt)) / 1000)}, ended{" "}
      <DateTime value={completedAt} />
    </>
  );
}
