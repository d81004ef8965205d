"use client";
import { useFormat } from "@/theme/locale.tsx";
import { Group, Paper, Radio, RadioGroup, Select, Stack, TextInput } from "@mantine/core";
import { useMemo } from "react";
import type { Schedule } from "./schedule.ts";

/** Edits when a broadcast is sent: now, or at a time in a time zone. */
export function ScheduleFields({
  schedule,
  onChange,
}: {
  schedule: Schedule;
  onChange(schedule: Schedule): void;
}) {
  const { timeZone: own } = useFormat();
  const zones = useMemo(() => {
    const known = Intl.supportedValuesOf("timeZone");
    const all = known.includes(own) ? known : [own, ...known];
    return all.map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") }));
  }, [own]);
  return (
    <Paper withBorder p="md">
      <Stack>
        <RadioGroup
          label="When it is sent"
          value={schedule === null ? "now" : "later"}
          onChange={(value) => onChange(value === "now" ? null : { localTime: "", timeZone: own })}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="now" label="As soon as I confirm it" />
            <Radio value="later" label="At a date and time" />
          </Stack>
        </RadioGroup>
        {schedule !== null && (
          <Group align="flex-end">
            <TextInput
              label="Date and time"
              type="datetime-local"
              required
              value={schedule.localTime}
              onChange={(event) => onChange({ ...schedule, localTime: event.currentTarget.value })}
              flex="1 1 200px"
            />
            <Select
              label="Time zone"
              data={zones}
              value={schedule.timeZone}
              onChange={(timeZone) => timeZone && onChange({ ...schedule, timeZone })}
              searchable
              allowDeselect={false}
              maxDropdownHeight={260}
              flex="1 1 200px"
            />
          </Group>
        )}
      </Stack>
    </Paper>
  );
}
