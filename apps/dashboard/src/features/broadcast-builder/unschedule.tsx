"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { Broadcast } from "@/api/types.ts";
import { useAction } from "@/api/use-action.ts";
import { DateTime } from "@/theme/date-time.tsx";
import { Problem } from "@/ui/problem.tsx";
import { Button, Paper, Stack, Text } from "@mantine/core";
import { keepSchedule } from "./schedule.ts";

/** Turns a scheduled broadcast into a draft, which can be edited, and keeps its time. */
export function Unschedule({ broadcast }: { broadcast: Broadcast }) {
  const { run, isPending, error } = useAction();
  function unschedule(): void {
    const { id, scheduledAt } = broadcast;
    const request = { params: { path: { id } } };
    void run(() => send(browserApi.POST("/v1/broadcasts/{id}/unschedule", request)), {
      quiet: true,
      onDone: () => {
        if (scheduledAt === null) return;
        const timeZone = broadcast.timeZone ?? "UTC";
        keepSchedule(id, { localTime: wallClock(scheduledAt, timeZone), timeZone });
      },
    });
  }
  return (
    <Paper withBorder p="md">
      <Stack align="flex-start">
        <Text>
          It is scheduled for <DateTime value={broadcast.scheduledAt} />. To change it, take it out
          of the schedule first; you confirm it again at the end.
        </Text>
        {error && <Problem message={error.message} />}
        <Button loading={isPending} onClick={unschedule}>
          Take it out of the schedule
        </Button>
      </Stack>
    </Paper>
  );
}

/** Returns the local time in the time zone, in the format of a `datetime-local` input. */
function wallClock(iso: string, timeZone: string): string {
  const clock = new Intl.DateTimeFormat("sv-SE", {
    timeZone,
    dateStyle: "short",
    timeStyle: "short",
  });
  return clock.format(new Date(iso)).replace(" ", "T");
}
