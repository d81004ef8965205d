import type { Broadcast } from "@/api/types.ts";
import { DateTime } from "@/theme/date-time.tsx";
import { Card } from "@/ui/card.tsx";
import { TextLink } from "@/ui/text-link.tsx";
import { Group, Stack, Text } from "@mantine/core";

/** Lists scheduled broadcasts, the next one first. */
export function Upcoming({ broadcasts }: { broadcasts: Broadcast[] }) {
  const next = broadcasts.toSorted((a, b) =>
    (a.scheduledAt ?? "").localeCompare(b.scheduledAt ?? ""),
  );
  return (
    <Card title="Scheduled">
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
    </Card>
  );
}
