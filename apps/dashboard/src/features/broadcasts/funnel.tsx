"use client";
import type { Broadcast } from "@/api/types.ts";
import { useFormat } from "@/theme/locale.tsx";
import { TextLink } from "@/ui/text-link.tsx";
import { Group, Paper, Progress, Stack, Text, Title } from "@mantine/core";
import { otherOutcomes, funnelSteps } from "./funnel-steps.ts";

/** Shows the funnel from all recipients to replies, and the other outcomes. */
export function Funnel({ broadcast }: { broadcast: Broadcast }) {
  const format = useFormat();
  const { id, totalRecipients } = broadcast;
  return (
    <Paper withBorder p="md" component="section" aria-label="What became of it">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4">
          What became of it
        </Title>
        <TextLink href={`/broadcasts/${id}/recipients`} size="sm">
          All recipients
        </TextLink>
      </Group>
      <Stack gap="sm">
        {funnelSteps(broadcast).map(({ label, count }) => (
          <div key={label}>
            <Group justify="space-between" gap="xs">
              <Text size="sm">{label}</Text>
              <Text size="sm">
                <b>{format.number(count)}</b>{" "}
                <Text span size="sm" c="dimmed">
                  {format.share(count, totalRecipients)}
                </Text>
              </Text>
            </Group>
            <Progress
              value={(count / totalRecipients) * 100}
              mt={4}
              aria-label={`${label}: ${format.share(count, totalRecipients)}`}
            />
          </div>
        ))}
        {otherOutcomes(broadcast).map(({ label, status, count }) => (
          <Group key={status} justify="space-between" gap="xs">
            <TextLink href={`/broadcasts/${id}/recipients?status=${status}`} size="sm">
              {label}
            </TextLink>
            <Text size="sm" fw={600}>
              {format.number(count)}
            </Text>
          </Group>
        ))}
      </Stack>
    </Paper>
  );
}
