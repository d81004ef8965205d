"use client";
import type { Broadcast } from "@/api/types.ts";
import { Card } from "@/ui/card.tsx";
import { PageHeader } from "@/ui/page-header.tsx";
import { StatusBadge } from "@/ui/status-badge.tsx";
import { Grid, GridCol, Paper, Skeleton, Stack, Text } from "@mantine/core";
import dynamic from "next/dynamic";
import type { ReactNode } from "react";
import { BroadcastActions } from "./broadcast-actions.tsx";
import { FailureGroups } from "./failure-groups.tsx";
import { Funnel } from "./funnel.tsx";
import { ProgressLine } from "./progress-line.tsx";
import { RunState } from "./run-state.tsx";
import { useBroadcast } from "./use-broadcast.ts";

const TimelineChart = dynamic(
  () => import("./timeline-chart.tsx").then((module) => module.TimelineChart),
  { ssr: false, loading: () => <Skeleton height={300} /> },
);

/** Shows a broadcast's live report while it runs, and its results afterwards. */
export function BroadcastRun({
  first,
  content,
  check,
}: {
  first: Broadcast;
  content: ReactNode;
  /** Result of the check, shown while the broadcast is scheduled. */
  check: ReactNode;
}) {
  const { broadcast, isConnected, rate, replace } = useBroadcast(first);
  return (
    <>
      <PageHeader
        title={broadcast.name}
        back={{ href: "/broadcasts", label: "Broadcasts" }}
        badge={<StatusBadge status={broadcast.status} />}
        actions={<BroadcastActions broadcast={broadcast} onChanged={replace} />}
      />
      <Stack>
        <RunState broadcast={broadcast} />
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
              {broadcast.status === "scheduled" && check}
              {broadcast.launchedAt !== null && (
                <Card title="Over time">
                  <TimelineChart broadcast={broadcast} />
                </Card>
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
