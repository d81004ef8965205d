"use client";
import { Alert, Grid, GridCol, Group, Paper, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import dynamic from "next/dynamic";
import type { ReactNode } from "react";
import type { Broadcast } from "@/api/types.ts";
import { doneCount, isRunning, secondsLeft } from "@/broadcast-progress/counts.ts";
import { ProgressBar } from "@/broadcast-progress/progress-bar.tsx";
import { DateTime } from "@/theme/date-time.tsx";
import { useFormat } from "@/theme/locale.tsx";
import { PageHeader } from "@/ui/page-header.tsx";
import { StatusBadge } from "@/ui/status-badge.tsx";
import { BroadcastActions } from "./broadcast-actions.tsx";
import { FailureGroups } from "./failure-groups.tsx";
import { Funnel } from "./funnel.tsx";
import { useBroadcast } from "./use-broadcast.ts";

const TimelineChart = dynamic(
  () => import("./timeline-chart.tsx").then((module) => module.TimelineChart),
  { ssr: false, loading: () => <Skeleton height={300} /> },
);

/** A broadcast while it runs and after: everything moves as it happens. */
export function BroadcastRun({ first, content }: { first: Broadcast; content: ReactNode }) {
  const { broadcast, isConnected, rate, take } = useBroadcast(first);
  return (
    <>
      <PageHeader
        title={broadcast.name}
        back={{ href: "/broadcasts", label: "Broadcasts" }}
        badge={<StatusBadge status={broadcast.status} />}
        actions={<BroadcastActions broadcast={broadcast} onChanged={take} />}
      />
      <Stack>
        <State broadcast={broadcast} />
        {!isConnected && (
          <Text size="sm" role="status">
            The live connection is interrupted; it is being opened again.
          </Text>
        )}
        {broadcast.totalRecipients > 0 && (
          <Paper withBorder p="md">
            <ProgressLine broadcast={broadcast} rate={rate} />
          </Paper>
        )}
        <Grid gap="md">
          <GridCol span={{ base: 12, md: 7 }}>
            <Stack>
              {broadcast.launchedAt !== null && (
                <Paper withBorder p="md">
                  <Title order={2} size="h4" mb="sm">
                    Over time
                  </Title>
                  <TimelineChart broadcast={broadcast} />
                </Paper>
              )}
              {broadcast.launchedAt !== null && <FailureGroups broadcast={broadcast} />}
            </Stack>
          </GridCol>
          <GridCol span={{ base: 12, md: 5 }}>
            <Stack>
              {broadcast.totalRecipients > 0 && <Funnel broadcast={broadcast} />}
              {content}
            </Stack>
          </GridCol>
        </Grid>
      </Stack>
    </>
  );
}

function State({ broadcast }: { broadcast: Broadcast }) {
  const { status, pauseMessage, failureMessage, waiting, scheduledAt, timeZone } = broadcast;
  if (status === "paused") {
    return (
      <Alert
        color="yellow"
        variant="light"
        icon={<IconInfoCircle />}
        title="It is paused"
        role="status"
      >
        {pauseMessage ?? "Resume it when you like: it goes on where it stopped."}
      </Alert>
    );
  }
  if (status === "failed") {
    return (
      <Alert
        color="red"
        variant="light"
        icon={<IconInfoCircle />}
        title="It couldn't be sent"
        role="status"
      >
        {failureMessage}
      </Alert>
    );
  }
  if (status === "scheduled") {
    return (
      <Alert
        color="blue"
        variant="light"
        icon={<IconInfoCircle />}
        role="status"
        title="It is scheduled"
      >
        It will be sent on <DateTime value={scheduledAt} />
        {timeZone !== null && `, planned in ${timeZone.replaceAll("_", " ")}`}. Who gets it is
        looked up at that moment.
      </Alert>
    );
  }
  if (waiting === null) return null;
  return (
    <Alert color="yellow" variant="light" icon={<IconInfoCircle />} title="It waits" role="status">
      {waiting.message}
    </Alert>
  );
}

function ProgressLine({ broadcast, rate }: { broadcast: Broadcast; rate: number | null }) {
  const format = useFormat();
  const { totalRecipients, messagesPerSecond, startedAt, completedAt } = broadcast;
  const running = isRunning(broadcast);
  const left = running
    ? secondsLeft(broadcast, rate !== null && rate > 0 ? rate : messagesPerSecond)
    : null;
  return (
    <Stack gap={8}>
      <Group justify="space-between">
        <Text fw={600}>
          {format.number(doneCount(broadcast))} of {format.number(totalRecipients)}
        </Text>
        <Text size="sm" c="dimmed">
          {running && rate !== null && `${format.number(Math.round(rate))} messages a second`}
          {left !== null && `, about ${format.duration(left)} left`}
          {!running && completedAt !== null && startedAt !== null && (
            <>
              Took {format.duration((Date.parse(completedAt) - Date.parse(startedAt)) / 1000)},
              ended <DateTime value={completedAt} />
            </>
          )}
        </Text>
      </Group>
      <ProgressBar broadcast={broadcast} large />
    </Stack>
  );
}
