"use client";
import type { Broadcast, Preflight } from "@/api/types.ts";
import { useFormat } from "@/theme/locale.tsx";
import { Card } from "@/ui/card.tsx";
import { SimpleGrid, Stack, Text } from "@mantine/core";
import type { Schedule } from "./schedule.ts";

/**
 * Shows the number of recipients, how many contacts won't get the message and why, the duration,
 * and the use of Meta's messaging limit.
 */
export function PreflightFigures({
  preflight,
  broadcast,
  audience,
  schedule,
}: {
  preflight: Preflight;
  broadcast: Broadcast;
  audience: string;
  schedule: Schedule;
}) {
  const format = useFormat();
  const { recipients, skipped, expectedDurationSeconds, messagingLimit } = preflight;
  return (
    <Card title={broadcast.name} mb="md">
      <Stack>
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Figure label="Recipients" value={format.number(recipients)} note={audience} />
          <Figure
            label="Takes about"
            value={
              expectedDurationSeconds === null || recipients === 0
                ? "—"
                : format.duration(expectedDurationSeconds)
            }
            note={`at ${format.number(broadcast.messagesPerSecond)} messages a second`}
          />
          <Figure
            label="From"
            value={broadcast.providerName ?? "—"}
            note={broadcast.templateName}
          />
          <Figure
            label="When"
            value={
              schedule === null
                ? "As soon as you confirm"
                : describeSchedule(schedule, format.locale)
            }
            note={schedule?.timeZone.replaceAll("_", " ") ?? null}
          />
        </SimpleGrid>
        {skipped.length > 0 && (
          <div>
            <Text size="sm" fw={600}>
              Left out
            </Text>
            {skipped.map(({ reason, count, message }) => (
              <Text key={reason} size="sm">
                {format.number(count)}: {message}
              </Text>
            ))}
          </div>
        )}
        <Text size="sm" c="dimmed">
          {messagingLimit.limit === null
            ? "Meta sets this number no limit of people within 24 hours."
            : `Meta lets this number write to ${format.number(messagingLimit.limit)} people within 24 hours; ${format.number(messagingLimit.used)} of them are used.`}
          {messagingLimit.wouldWait &&
            " The broadcast will stop at that limit and go on by itself when there is room again."}
        </Text>
      </Stack>
    </Card>
  );
}

function Figure({ label, value, note }: { label: string; value: string; note: string | null }) {
  return (
    <div>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text size="lg" fw={700} style={{ overflowWrap: "anywhere" }}>
        {value}
      </Text>
      {note && (
        <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {note}
        </Text>
      )}
    </div>
  );
}

/** Formats the local time as it was entered, regardless of the reader's time zone. */
export function describeSchedule({ localTime }: NonNullable<Schedule>, locale: string): string {
  const format = new Intl.DateTimeFormat(locale, {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: "UTC",
  });
  return format.format(new Date(`${localTime}Z`));
}
