"use client";
import type { Broadcast } from "@/api/types.ts";
import { isRunning, secondsLeft } from "@/broadcast-progress/counts.ts";
import { ProgressBar } from "@/broadcast-progress/progress-bar.tsx";
import { useRunning } from "@/broadcast-progress/use-running.ts";
import { DateTime } from "@/theme/date-time.tsx";
import { useFormat } from "@/theme/locale.tsx";
import { StatusBadge } from "@/ui/status-badge.tsx";
import { TextLink } from "@/ui/text-link.tsx";
import { Group, Paper, Stack, Text } from "@mantine/core";
import styles from "./broadcast-list.module.css";

/** Lists broadcasts with their results. Counts of running broadcasts update automatically. */
export function BroadcastList({ first }: { first: Broadcast[] }) {
  const broadcasts = useRunning(first);
  return (
    <Stack gap="sm" component="ul" p={0} m={0} style={{ listStyle: "none" }}>
      {broadcasts.map((broadcast) => (
        <li key={broadcast.id}>
          <BroadcastRow broadcast={broadcast} />
        </li>
      ))}
    </Stack>
  );
}

function BroadcastRow({ broadcast }: { broadcast: Broadcast }) {
  const { id, name, status, templateName, providerName, totalRecipients } = broadcast;
  return (
    <Paper withBorder p="md" className={styles["row"]}>
      <div className={styles["head"]}>
        <Group gap="xs">
          <TextLink href={`/broadcasts/${id}`} fw={600} style={{ overflowWrap: "anywhere" }}>
            {name}
          </TextLink>
          <StatusBadge status={status} />
        </Group>
        <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {[templateName, providerName].filter(Boolean).join(" · ") || "Not complete yet"}
        </Text>
        <Text size="sm" c="dimmed">
          <When broadcast={broadcast} />
        </Text>
      </div>
      <div className={styles["figures"]}>
        {totalRecipients > 0 && <Figures broadcast={broadcast} />}
      </div>
    </Paper>
  );
}

function When({ broadcast }: { broadcast: Broadcast }) {
  const { scheduledAt, launchedAt, completedAt, createdAt, status } = broadcast;
  const [word, time] =
    status === "scheduled"
      ? ["For", scheduledAt]
      : completedAt !== null
        ? ["Ended", completedAt]
        : launchedAt !== null
          ? ["Started", launchedAt]
          : ["Made", createdAt];
  return (
    <>
      {word} <DateTime value={time} />
    </>
  );
}

function Figures({ broadcast }: { broadcast: Broadcast }) {
  const format = useFormat();
  const { totalRecipients, successfulSends, deliveredCount, readCount, failedSends } = broadcast;
  const left =
    isRunning(broadcast) && broadcast.waiting === null
      ? secondsLeft(broadcast, broadcast.messagesPerSecond)
      : null;
  const shares = [
    ["Sent", successfulSends],
    ["Delivered", deliveredCount],
    ["Read", readCount],
    ["Failed", failedSends],
  ] as const;
  return (
    <>
      <ProgressBar broadcast={broadcast} />
      <dl className={styles["shares"]}>
        {shares.map(([label, count]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              {format.compact(count)} <span>{format.share(count, totalRecipients)}</span>
            </dd>
          </div>
        ))}
      </dl>
      <Text size="xs" c="dimmed">
        of {format.number(totalRecipients)}
        {left !== null && `, about ${format.duration(left)} left`}
      </Text>
    </>
  );
}
