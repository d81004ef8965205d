import type { Broadcast } from "@/api/types.ts";
import { DateTime } from "@/theme/date-time.tsx";
import { TextLink } from "@/ui/text-link.tsx";
import { Group, Paper, Stack, Text, Title } from "@mantine/core";

/** Lists scheduled broadcasts, the next one first. */
export function Upcoming({ broadcasts }: { broadcasts: Broadcast[] }) {
  const next = broadcasts.toSorted((a, b) =>
    (a.scheduledAt ?? "").localeCompare(b.scheduledAt ?? ""),
  );
  return (
    <Paper withBorder p="md">
      <Title order={2} size="h4" mb="sm">
        Scheduled
      </Title>
      {next.length === 0 && <Text c="dimmed">Nothing is scheduled.</Text>}
      <Stack gap="xs">
        {next.map(({ id, name, scheduledAt }) => (
          <Group key={id} justify="space-between" gap="xs">
            <TextLink href={`/broadcasts/${id}`}>{name}</TextLink>
            <Text size="sm" c="dimmed">
              <DateTime value={scheduledAt} />
            </Text>
          </Group>
        ))}
      </Stack>
    </Paper>
  );
}
