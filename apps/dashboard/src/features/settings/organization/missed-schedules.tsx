"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { Answer } from "@/api/types.ts";
import { useAction } from "@/api/use-action.ts";
import { Card } from "@/ui/card.tsx";
import { Problem } from "@/ui/problem.tsx";
import { Button, Group, NumberInput, Stack } from "@mantine/core";
import { useState } from "react";

/** Edits how late a scheduled broadcast may leave without a person. */
export function MissedSchedules({
  settings,
  mayChange,
}: {
  settings: Answer<"/v1/settings">;
  mayChange: boolean;
}) {
  const [minutes, setMinutes] = useState<number | string>(settings.scheduleGraceMinutes);
  const { run, isPending, error } = useAction();
  const save = () =>
    run(
      () =>
        send(browserApi.PATCH("/v1/settings", { body: { scheduleGraceMinutes: Number(minutes) } })),
      { quiet: true, done: "Saved" },
    );
  const fieldError = error?.fields["scheduleGraceMinutes"];
  return (
    <Card title="Missed schedules">
      <Stack>
        <NumberInput
          label="Latest start, in minutes after the scheduled time"
          description="A scheduled broadcast that is later than this waits until a member sends it or chooses another time. From 5 minutes to 1,440, which is 24 hours."
          value={minutes}
          onChange={setMinutes}
          readOnly={!mayChange}
          min={5}
          max={1_440}
          allowDecimal={false}
          clampBehavior="none"
          error={fieldError}
        />
        {error && !fieldError && <Problem message={error.message} />}
        {mayChange && (
          <Group justify="flex-end">
            <Button
              loading={isPending}
              disabled={typeof minutes === "string"}
              onClick={() => void save()}
            >
              Save the latest start
            </Button>
          </Group>
        )}
      </Stack>
    </Card>
  );
}
